// What an event costs with LTTng-UST: the same measurement as `costs` in `writer.rs`.
// Prints three numbers, in ns: a clock read; an event in bursts; one at 200 per ms, mean of all.
#define _GNU_SOURCE
#define LTTNG_UST_TRACEPOINT_CREATE_PROBES
#define LTTNG_UST_TRACEPOINT_DEFINE
#include "lttng-provider.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { BURST = 1000, ROUNDS = 200, PACED = 100000 };

static uint64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void say(uint64_t n) {
    lttng_ust_tracepoint(mpviz_bench, message_received, 1, 0, (uint32_t)n, 24, 4, 1, n);
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *of) {
    qsort(of, ROUNDS, sizeof *of, ascending);
    return of[ROUNDS / 2];
}

int main(void) {
    static double clocks[ROUNDS], bursts[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t begin = now();
        for (int n = 0; n < BURST; n++) {
            uint64_t t = now();
            __asm__ volatile("" : : "r"(t));
        }
        uint64_t middle = now();
        for (uint64_t n = 0; n < BURST / 8; n++) say(n);
        uint64_t begun = now();
        for (uint64_t n = 0; n < BURST; n++) say(n);
        uint64_t end = now();
        clocks[round] = (double)(middle - begin) / BURST;
        bursts[round] = (double)(end - begun) / BURST;
        while (now() < end + 9000000) {}
    }
    double clock = median(clocks);
    uint64_t begin = now();
    uint64_t sum = 0;
    for (uint64_t n = 0; n < PACED; n++) {
        while (now() < begin + n * 5000) {}
        uint64_t before = now();
        say(n);
        sum += now() - before;
    }
    printf("%f %f %f\n", clock, median(bursts), (double)sum / PACED - clock);
    return 0;
}
