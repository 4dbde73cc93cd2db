#!/usr/bin/env python3
"""How fast is the interpreter, against others and against native code?

    interp.py --tine TINE --wasm FOLDER [--native FOLDER] [--wasm3 FILE] [--iwasm FILE]
              [--wasmtime FILE] [--node FILE] [--variant NAME=TINE] [--alone] [--runs N] [--json]

Every program of FOLDER runs N times under every engine, interleaved, so that whatever else the
machine does hits all of them alike. A figure is the median of the CPU time (user + system) of a
whole process, start-up included. All engines must print the same. A ratio of 1.25 means that tine
needs 1.25 times as long. Other engines are those on the PATH; wasm3 and iwasm also come from the variables WASM3
and IWASM. --variant names another build of tine: one that never looks for requests to pause, or one that does not
mark what a guest writes. What `tine run` runs is always marked. --alone leaves the other engines out.
"""
import argparse
import json
import math
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

NODE_RUNNER = pathlib.Path(__file__).with_name("node_wasi.mjs")
GUEST_STACK_BYTES = 1 << 20  # iwasm and wasm3 want to know; the deepest program is SQLite


def cpu_seconds(command):
    """CPU seconds of one run of a command, and what it printed."""
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output,
                                   stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        if process.returncode != 0:
            return None, b""
        return usage.ru_utime + usage.ru_stime, output.read()


def engines_of(options):
    """Name -> function from a program's path to a command (None: this engine lacks it)."""
    engines = {"tine": lambda wasm: [options.tine, "run", wasm]}
    if options.variant:
        name, variant = options.variant.split("=", 1)
        engines[name] = lambda wasm: [variant, "run", wasm]
    if options.alone:
        return engines
    if options.wasm3:
        engines["wasm3"] = lambda wasm: [options.wasm3, "--stack-size", str(GUEST_STACK_BYTES), wasm]
    if options.iwasm:
        engines["iwasm"] = lambda wasm: [options.iwasm, f"--stack-size={GUEST_STACK_BYTES}", wasm]
    if options.wasmtime:
        engines["wasmtime"] = lambda wasm: [options.wasmtime, "run", wasm]
    if options.node:
        engines["node"] = lambda wasm: [options.node, "--no-warnings",
                                        "--experimental-wasi-unstable-preview1", str(NODE_RUNNER), wasm]
    if options.native:
        def native(wasm):
            binary = pathlib.Path(options.native) / pathlib.Path(wasm).stem
            return [str(binary)] if binary.exists() else None
        engines["native"] = native
    return engines


def measure(wasm, engines, runs):
    """Median CPU seconds of each engine that can run the program."""
    commands = {name: make(wasm) for name, make in engines.items()}
    times = {name: [] for name, command in commands.items() if command}
    outputs = {}
    for _ in range(runs):
        for name in list(times):
            seconds, output = cpu_seconds(commands[name])
            if seconds is None:
                print(f"{pathlib.Path(wasm).stem}: {name} failed", file=sys.stderr)
                del times[name]
                continue
            times[name].append(seconds)
            outputs[name] = output
    if len(set(outputs.values())) > 1:
        sys.exit(f"{wasm}: the engines disagree: {outputs}")
    return {name: statistics.median(values) for name, values in times.items()}


def geometric_mean(values):
    return math.exp(statistics.fmean(math.log(value) for value in values)) if values else None


def ratios(results, reference):
    """tine's time over the reference's, a program."""
    return {program: times["tine"] / times[reference] for program, times in results.items()
            if times.get(reference) and times.get("tine")}


def print_table(results, names):
    others = [name for name in names if name != "tine"]
    print(f"{'program':12}" + "".join(f"{name + ', s':>14}" for name in names)
          + "".join(f"{'tine/' + name:>16}" for name in others))
    for program, times in results.items():
        cells = "".join(f"{times[name]:14.3f}" if name in times else f"{'-':>14}" for name in names)
        cells += "".join(
            f"{times['tine'] / times[name]:16.2f}" if name in times and "tine" in times
            else f"{'-':>16}" for name in others)
        print(f"{program:12}{cells}")
    means = {name: geometric_mean(list(ratios(results, name).values())) for name in others}
    print(f"{'geomean':12}" + " " * 14 * len(names)
          + "".join(f"{means[name]:16.2f}" if means[name] else f"{'-':>16}" for name in others))


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tine", required=True)
    parser.add_argument("--wasm", required=True)
    parser.add_argument("--native")
    parser.add_argument("--wasm3", default=os.environ.get("WASM3") or shutil.which("wasm3"))
    parser.add_argument("--iwasm", default=os.environ.get("IWASM") or shutil.which("iwasm"))
    parser.add_argument("--wasmtime", default=shutil.which("wasmtime"))
    parser.add_argument("--node", default=shutil.which("node"))
    parser.add_argument("--variant")
    parser.add_argument("--alone", action="store_true")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()

    engines = engines_of(options)
    programs = sorted(str(path) for path in pathlib.Path(options.wasm).glob("*.wasm"))
    if not programs:
        sys.exit(f"no programs in {options.wasm}")
    results = {pathlib.Path(wasm).stem: measure(wasm, engines, options.runs) for wasm in programs}
    if options.json:
        others = [name for name in engines if name != "tine"]
        print(json.dumps({
            "unit": "CPU seconds, median", "runs": options.runs, "seconds": results,
            "geomean_tine_over": {name: geometric_mean(list(ratios(results, name).values()))
                                  for name in others}}, indent=2))
    else:
        print_table(results, list(engines))


if __name__ == "__main__":
    main()
