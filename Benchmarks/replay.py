#!/usr/bin/env python3
"""Measures deal-replay beside a plain pandas loop on the same simulated history, in one run, and prints JSON.

    Benchmarks/replay.py [--events 1000000] [--pandas-events 50000] [--runs 3] [--programs .build/release]

Makes the history with `dealpulse simulate --seed 1`, then takes turns: `deal-replay run` on any core, the same pinned to core
0 with taskset, that with --format csv, and Benchmarks/pandas_loop.py with itertuples and with iterrows. The pandas loops are
slow, so they get only the first part of the events; figures a second are of each one's own events. Each figure is the median
of the runs.

deal-replay is timed from its start to its end, with every score in a file on the disk. The loops are timed from the moment when
pandas is loaded. Peak memory is what the kernel says of the process (ru_maxrss); pandas keeps its whole part in memory, so its
figure grows with --pandas-events.
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

LOOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "pandas_loop.py")


def fail(text):
    sys.exit(f"replay.py: {text}")


def note(text):
    print(f"replay.py: {text}", file=sys.stderr)


def program(folder, name):
    path = os.path.join(folder, name)
    if not os.access(path, os.X_OK):
        fail(f"{path} is not there: build it with `swift build -c release`, or say where it is with --programs")
    return path


def python_with_pandas():
    """An interpreter that has pandas: this one, or that of the system, where packages of Debian put it."""
    for python in (sys.executable, "/usr/bin/python3"):
        probe = [python, "-c", "import importlib.util, sys; sys.exit(importlib.util.find_spec('pandas') is None)"]
        if os.access(python, os.X_OK) and subprocess.run(probe, stderr=subprocess.DEVNULL).returncode == 0:
            return python
    fail("pandas is missing: install it with apt-get install python3-pandas")


def run(command):
    """Runs a command to its end; gives its seconds, its peak memory in bytes, and what it wrote to standard output."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        child = subprocess.Popen(command, stdout=output, stderr=errors)
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        if child.returncode != 0:
            words = errors.read().decode(errors="replace").strip()
            fail(f"{' '.join(command)} ended with {child.returncode}: {words}")
        return seconds, usage.ru_maxrss * 1024, output.read()


def lines_in(path):
    with open(path, "rb") as file:
        return sum(piece.count(b"\n") for piece in iter(lambda: file.read(1 << 20), b""))


def replay(command, history, scores, form="jsonl"):
    """One run of deal-replay into a new file."""
    if os.path.exists(scores):
        os.remove(scores)
    seconds, memory, _ = run(command + ["run", "--input", history, "--output", scores, "--format", form])
    return {"seconds": seconds, "memory": memory}


def loop(python, rows, events, history, scores):
    """One run of the pandas loop."""
    _, memory, output = run([python, LOOP, history, scores, "--events", str(events), "--rows", rows])
    figures = json.loads(output)
    figures["memory"] = memory
    return figures


def rate(events, runs):
    """Events a second, by the median run."""
    return events / statistics.median(one["seconds"] for one in runs)


def summary(events, scores, runs):
    seconds = statistics.median(one["seconds"] for one in runs)
    return {
        "events": events,
        "scores": scores,
        "seconds": round(seconds, 3),
        "seconds_of_each_run": [round(one["seconds"], 3) for one in runs],
        "events_per_second": round(rate(events, runs)),
        "peak_memory_mib": round(max(one["memory"] for one in runs) / 2**20, 1),
    }


def loop_summary(total, runs):
    figures = summary(runs[0]["events"], runs[0]["scores"], runs)
    for key in ("read_seconds", "loop_seconds", "write_seconds"):
        figures[key] = round(statistics.median(one[key] for one in runs), 3)
    figures["part_of_the_events"] = f"the first {figures['events']} of {total}"
    return figures


def main():
    parser = argparse.ArgumentParser(description="Measures deal-replay beside a plain pandas loop, as JSON.")
    parser.add_argument("--events", type=int, default=1_000_000, help="change events that deal-replay gets (1000000)")
    parser.add_argument("--pandas-events", type=int, default=50_000, help="of these, those that pandas gets (50000)")
    parser.add_argument("--runs", type=int, default=3, help="runs of each (3)")
    parser.add_argument("--programs", default=".build/release", help="where the release programs are (.build/release)")
    options = parser.parse_args()
    if min(options.events, options.pandas_events, options.runs) < 1:
        parser.error("--events, --pandas-events and --runs must be 1 or more")

    dealpulse = program(options.programs, "dealpulse")
    deal_replay = program(options.programs, "deal-replay")
    python = python_with_pandas()
    taskset = shutil.which("taskset")
    if taskset is None:
        note("taskset is missing (package util-linux): nothing is pinned to one core")

    load = round(os.getloadavg()[0], 2)

    with tempfile.TemporaryDirectory(prefix="dealpulse-bench-") as folder:
        history = os.path.join(folder, "history.jsonl")
        scores = os.path.join(folder, "scores.jsonl")
        columns = os.path.join(folder, "columns.csv")
        table = os.path.join(folder, "scores.csv")
        note(f"simulating {options.events} events")
        run([dealpulse, "simulate", "--events", str(options.events), "--seed", "1", "--output", history])
        events = lines_in(history)
        part = min(options.pandas_events, events)
        free, pinned, csv, tuples, series = [], [], [], [], []
        for number in range(options.runs):
            note(f"run {number + 1} of {options.runs}")
            free.append(replay([deal_replay], history, scores))
            if taskset is not None:
                pinned.append(replay([taskset, "-c", "0", deal_replay], history, scores))
                csv.append(replay([taskset, "-c", "0", deal_replay], history, columns, "csv"))
            tuples.append(loop(python, "itertuples", part, history, table))
            series.append(loop(python, "iterrows", part, history, table))
        scored = lines_in(scores)
        result = {
            "machine": {"cores": os.cpu_count(), "load_before": load, "system": platform.platform()},
            "history": {"events": events, "seed": 1, "bytes": os.path.getsize(history)},
            "deal_replay": summary(events, scored, free),
            "deal_replay_one_core": summary(events, scored, pinned) if pinned else None,
            "deal_replay_one_core_csv": summary(events, scored, csv) if csv else None,
            "pandas_itertuples": loop_summary(events, tuples),
            "pandas_iterrows": loop_summary(events, series),
            "versions": {"pandas": tuples[0]["pandas"], "python": tuples[0]["python"]},
        }
        result["ratio"] = {
            name: {
                "to_itertuples": round(rate(events, runs) / rate(part, tuples), 1),
                "to_iterrows": round(rate(events, runs) / rate(part, series), 1),
            }
            for name, runs in (("deal_replay", free), ("deal_replay_one_core", pinned)) if runs
        }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
