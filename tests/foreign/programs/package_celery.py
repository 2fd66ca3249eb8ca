"""A worker of celery with two processes, its queue and its results in folders: tasks, an error, a retry, an end by signal.

needs: celery
processes: 4
"""

import os
import signal
import subprocess
import sys
import tempfile

APP = """
import os
from celery import Celery

FOLDER = os.environ["TASKS_FOLDER"]
app = Celery("tasks", broker="filesystem://", backend="file://" + os.path.join(FOLDER, "results"))
app.conf.broker_transport_options = {
    "data_folder_in": os.path.join(FOLDER, "queue"), "data_folder_out": os.path.join(FOLDER, "queue"),
    "control_folder": os.path.join(FOLDER, "control"),
}
app.conf.broker_connection_retry_on_startup = True

@app.task
def add(first, second):
    return first + second

@app.task
def fails():
    raise KeyError("as it should")

@app.task(bind=True, max_retries=2, default_retry_delay=0)
def again(self):
    if self.request.retries < 2:
        raise self.retry()
    return self.request.retries
"""


def main():
    with tempfile.TemporaryDirectory() as folder:
        for name in ("queue", "results", "control"):
            os.mkdir(os.path.join(folder, name))
        with open(os.path.join(folder, "tasks.py"), "w") as file:
            file.write(APP)
        os.environ["TASKS_FOLDER"] = folder
        sys.path.insert(0, folder)
        log = open(os.path.join(folder, "log"), "w+")
        argv = [sys.executable, "-m", "celery", "-A", "tasks", "worker", "--pool", "prefork", "-c", "2", "-l", "warning",
                "--without-gossip", "--without-mingle", "--without-heartbeat"]
        worker = subprocess.Popen(argv, cwd=folder, stdout=log, stderr=subprocess.STDOUT)
        import tasks

        results = [tasks.add.delay(number, number) for number in range(5)]
        print([result.get(timeout=90) for result in results])
        try:
            tasks.fails.delay().get(timeout=90)
        except KeyError as error:
            print("KeyError", error)
        print(tasks.again.delay().get(timeout=90))
        worker.send_signal(signal.SIGTERM)
        print(worker.wait(60))
        log.seek(0)
        said = log.read()
        print("Traceback" in said, "as it should" in said, "_mpviz" in said)
        log.close()


if __name__ == "__main__":
    main()
