#!/usr/bin/env python3
"""Executions per second of the fuzzing targets, from a snapshot, from the start, and natively.

    fuzz.py --tine TINE [--program FILE.wasm=SEEDS]… [--library FILE.wasm=SEEDS]…
            [--native NAME=LIBFUZZER_BINARY]… [--seconds S] [--rounds N] [--json]

All ways run the same inputs, the seeds, so that nothing depends on what a mutator found:

* snapshot: `tine fuzz` replays each seed many times; each run starts from the snapshot.
* start: what it costs without snapshots. A process a run, which boots the program and gives it
  one seed: `tine run` for a program that reads standard input, `tine replay` for a library.
* native: the same target under clang's own libFuzzer, in one process, which is the fastest that
  fuzzing without any reset can be.

Ways are interleaved over ROUNDS rounds; a figure is the median.
"""
import argparse
import json
import pathlib
import re
import statistics
import subprocess
import sys
import time

EXECUTED = re.compile(rb"^Executed .* in (\d+) ms", re.MULTILINE)


def replay_seconds(command, seeds, runs):
    """Seconds that a libFuzzer binary takes for `runs` runs of each seed, by its own clock."""
    result = subprocess.run([*command, f"-runs={runs}", *seeds], stdin=subprocess.DEVNULL,
                            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    times = [int(ms) / 1000 for ms in EXECUTED.findall(result.stderr)]
    if result.returncode != 0 or len(times) != len(seeds):
        sys.exit(f"{command} ended with {result.returncode}:\n"
                 + result.stderr.decode(errors="replace")[-2000:])
    return sum(times)


def looped_rate(command, seeds, seconds):
    """Executions per second of many runs in one process; doubles the runs until they take long."""
    runs = 8
    while (taken := replay_seconds(command, seeds, runs)) < seconds:
        runs *= 2 if taken < seconds / 8 else max(2, round(seconds / taken) + 1)
    return runs * len(seeds) / taken


def from_start_rate(command_of, seeds, seconds):
    """Executions per second of a process a run."""
    runs, begin = 0, time.monotonic()
    while time.monotonic() - begin < seconds:
        command, stdin = command_of(seeds[runs % len(seeds)])
        with open(stdin, "rb") as stream:
            subprocess.run(command, stdin=stream, stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL, check=True)
        runs += 1
    return runs / (time.monotonic() - begin)


def ways_of(options, wasm, seeds, is_program):
    """Name of the way -> function that measures it once."""
    def start_command(seed):
        if is_program:
            return [options.tine, "run", wasm], seed
        return [options.tine, "replay", wasm, seed], "/dev/null"
    native = dict(pair.split("=", 1) for pair in options.native).get(pathlib.Path(wasm).stem)
    ways = {"snapshot": lambda: looped_rate([options.tine, "fuzz", wasm], seeds, options.seconds),
            "start": lambda: from_start_rate(start_command, seeds, options.seconds)}
    if native:
        ways["native"] = lambda: looped_rate([native], seeds, options.seconds)
    return ways


def measure(options):
    targets = ([(pair, True) for pair in options.program]
               + [(pair, False) for pair in options.library])
    results = {}
    for pair, is_program in targets:
        wasm, folder = pair.split("=", 1)
        seeds = sorted(str(path) for path in pathlib.Path(folder).iterdir())
        ways = ways_of(options, wasm, seeds, is_program)
        rounds = [{name: way() for name, way in ways.items()} for _ in range(options.rounds)]
        results[pathlib.Path(wasm).stem] = {
            name: statistics.median(rates[name] for rates in rounds) for name in ways}
    return results


def print_table(results):
    print(f"{'executions/s':16}{'snapshot':>12}{'start':>12}{'native':>12}"
          f"{'snapshot/start':>18}{'native/snapshot':>18}")
    for name, rates in results.items():
        native = f"{rates['native']:12.0f}" if "native" in rates else f"{'-':>12}"
        slower = f"{rates['native'] / rates['snapshot']:18.1f}" if "native" in rates else f"{'-':>18}"
        print(f"{name:16}{rates['snapshot']:12.0f}{rates['start']:12.1f}{native}"
              f"{rates['snapshot'] / rates['start']:18.0f}{slower}")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tine", required=True)
    parser.add_argument("--program", action="append", default=[], metavar="FILE.wasm=SEEDS")
    parser.add_argument("--library", action="append", default=[], metavar="FILE.wasm=SEEDS")
    parser.add_argument("--native", action="append", default=[], metavar="NAME=BINARY")
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    results = measure(options)
    if options.json:
        print(json.dumps({"unit": "executions per second, median", "rounds": options.rounds,
                          "targets": results}, indent=2))
    else:
        print_table(results)


if __name__ == "__main__":
    main()
