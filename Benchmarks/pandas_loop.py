#!/usr/bin/env python3
"""Scores a history row by row with pandas, as an analyst would plainly write it.

Reads change events as JSON Lines, keeps the won and lost deals of each segment in dictionaries, and scores every row that
creates a deal or moves it to another stage with the formula of weighted-v1:

    p    = .30 cycle bucket + .25 rep + .15 industry + .15 lead source + .15 stage
    risk = round(100 * (1 - p), 1)

each term the segment's win rate among the deals that closed before; the overall rate where it has fewer than 30 deals, 0.5
while nothing is known. It does less than deal-replay: no windows of time, no scores of deals that stand still, no reasons,
no recommendations, and a deal that opens again stays counted.

    pandas_loop.py INPUT OUTPUT [--events N] [--rows itertuples|iterrows]

Writes the scores to OUTPUT as CSV, and prints its own figures as one JSON object. Its time begins after pandas is loaded.
"""

import argparse
import json
import sys
import time

try:
    import pandas as pd
except ImportError:
    sys.exit("pandas_loop.py: pandas is missing: install it with apt-get install python3-pandas")

WEIGHTS = {"cycle_bucket": 0.30, "rep_id": 0.25, "industry": 0.15, "lead_source": 0.15, "stage": 0.15}
MINIMUM_DEALS = 30


def read(path, count):
    """The first `count` events as a table with a column for each property of the deal; all where `count` is None."""
    events = pd.read_json(path, lines=True, nrows=count, convert_dates=False)
    deals = pd.json_normalize(events["deal"])
    table = deals[["stage", "rep_id", "industry", "lead_source", "outcome"]].copy()
    table["deal_id"] = events["deal_id"]
    table["change"] = events["change"]
    table["occurred_at"] = instants(events["occurred_at"])
    age_days = (table["occurred_at"] - instants(deals["created_at"])).dt.days
    table["cycle_bucket"] = pd.cut(age_days, [-1, 30, 60, 90, 100_000], labels=["0-30", "31-60", "61-90", "91-"]).astype(str)
    return table


def instants(texts):
    """Instants with and without milliseconds."""
    format = "ISO8601" if int(pd.__version__.split(".")[0]) >= 2 else None
    return pd.to_datetime(texts, utc=True, format=format)


class WinRates:
    """Won and lost deals of each segment, of what has closed so far."""

    def __init__(self):
        self.won = {}
        self.deals = {}
        self.all_won = 0
        self.all_deals = 0

    def count(self, row):
        is_won = 1 if row.outcome == "won" else 0
        self.all_won += is_won
        self.all_deals += 1
        for factor in WEIGHTS:
            segment = (factor, getattr(row, factor))
            self.won[segment] = self.won.get(segment, 0) + is_won
            self.deals[segment] = self.deals.get(segment, 0) + 1

    def rate(self, segment):
        deals = self.deals.get(segment, 0)
        if deals >= MINIMUM_DEALS:
            return self.won[segment] / deals
        return self.all_won / self.all_deals if self.all_deals else 0.5

    def chance(self, row):
        return sum(weight * self.rate((factor, getattr(row, factor))) for factor, weight in WEIGHTS.items())


def score(rows):
    """A score for each row that creates a deal or changes its stage."""
    rates = WinRates()
    scores = []
    for row in rows:
        if row.change == "closed":
            rates.count(row)
        elif row.change in ("created", "stage_changed"):
            p = rates.chance(row)
            scores.append((row.deal_id, row.occurred_at, p, round(100 * (1 - p), 1)))
    return scores


def main():
    parser = argparse.ArgumentParser(description="Scores a history row by row with pandas.")
    parser.add_argument("input", help="change events as JSON Lines")
    parser.add_argument("output", help="the CSV file for the scores")
    parser.add_argument("--events", type=int, help="how many events to read; all where it is not given")
    parser.add_argument("--rows", choices=["itertuples", "iterrows"], default="itertuples", help="how rows are visited")
    options = parser.parse_args()

    start = time.perf_counter()
    table = read(options.input, options.events)
    after_read = time.perf_counter()
    rows = table.itertuples(index=False) if options.rows == "itertuples" else (row for _, row in table.iterrows())
    scores = score(rows)
    after_loop = time.perf_counter()
    columns = ["deal_id", "occurred_at", "win_probability", "risk"]
    pd.DataFrame(scores, columns=columns).to_csv(options.output, index=False)
    end = time.perf_counter()
    print(json.dumps({
        "events": len(table),
        "scores": len(scores),
        "seconds": end - start,
        "read_seconds": after_read - start,
        "loop_seconds": after_loop - after_read,
        "write_seconds": end - after_loop,
        "pandas": pd.__version__,
        "python": sys.version.split()[0],
    }))


if __name__ == "__main__":
    main()
