"""scikit-learn: a search over parameters and a forest, on two processes.

needs: scikit-learn
tasks: 6
processes: 3
"""

from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.tree import DecisionTreeClassifier


def main():
    data, target = load_iris(return_X_y=True)
    search = GridSearchCV(LogisticRegression(max_iter=500), {"C": [0.1, 1.0]}, cv=3, n_jobs=2)
    search.fit(data, target)
    print(search.best_params_, round(search.best_score_, 3))
    print(cross_val_score(DecisionTreeClassifier(random_state=0), data, target, cv=3, n_jobs=2).round(3).tolist())


if __name__ == "__main__":
    main()
