"""Plots the dashboards of deploy/grafana from a running Prometheus, panel by panel, with the panels' own queries.

    plot.py PROMETHEUS_URL MINUTES OUTPUT_DIRECTORY [END, seconds since 1970; now]

Needs matplotlib. For pictures in docs/ where Grafana's image cannot be had.
"""

import json
import pathlib
import re
import sys
import time
import urllib.parse
import urllib.request

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot as plt  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
STEP_S = 5
LEGEND = 10
UNITS = {"bytes": "B", "Bps": "B/s", "s": "s", "reqps": "/s", "short": "", "percentunit": "%"}


def query(url, expression, begin, end):
    parameters = urllib.parse.urlencode({"query": expression, "start": begin, "end": end, "step": STEP_S})
    with urllib.request.urlopen(f"{url}/api/v1/query_range?{parameters}") as answer:
        return json.load(answer)["data"]["result"]


def label(template, series):
    return re.sub(r"{{\s*(\w+)\s*}}", lambda m: series["metric"].get(m.group(1), ""), template)


def scaled(value, unit):
    if unit == "percentunit":
        return f"{value * 100:.0f} %"
    if unit in ("bytes", "Bps"):
        for suffix in ["", "k", "M", "G", "T"]:
            if abs(value) < 1000:
                break
            value /= 1000
        return f"{value:.3g} {suffix}{UNITS[unit]}"
    return f"{value:.4g}{' s' if unit == 's' else ''}"


def largest(result):
    return max((float(v) for _, v in result[1]["values"] if v != "NaN"), default=0)


def with_gaps(points):
    """Times and values, with a hole where there was no value: a line would say that there was one."""
    times, values = [], []
    for t, value in points:
        if times and t - times[-1] > 2 * STEP_S:
            times.append(times[-1] + STEP_S)
            values.append(float("nan"))
        times.append(t)
        values.append(float(value))
    return times, values


def stat(axes, panel, results):
    values = [float(series["values"][-1][1]) for _, series in results]
    text = scaled(values[-1], panel["fieldConfig"]["defaults"]["unit"]) if values else "no data"
    color = "gray"
    for step in panel["fieldConfig"]["defaults"]["thresholds"]["steps"]:
        if values and (step["value"] is None or values[-1] >= step["value"]):
            color = {"green": "#3a9b4e", "red": "#c4362f", "orange": "#e08a1e", "blue": "#3a6fb0"}[step["color"]]
    axes.set_facecolor(color)
    axes.text(0.5, 0.5, text, ha="center", va="center", fontsize=18, color="white", transform=axes.transAxes)
    axes.set_xticks([])
    axes.set_yticks([])


def lines(axes, panel, results, begin, end):
    defaults = panel["fieldConfig"]["defaults"]
    stacked = defaults["custom"]["stacking"]["mode"] == "normal"
    if stacked and results:
        times = sorted({t for _, series in results for t, _ in series["values"]})
        rows = [dict((t, float(v)) for t, v in series["values"]) for _, series in results]
        axes.stackplot([(t - begin) / 60 for t in times], [[row.get(t, 0) for t in times] for row in rows],
                       labels=[name for name, _ in results], alpha=0.6)
    else:
        for name, series in sorted(results, key=largest, reverse=True):
            times, values = with_gaps(series["values"])
            axes.plot([(t - begin) / 60 for t in times], values, label=name, linewidth=1.1)
    axes.set_xlim(0, (end - begin) / 60)
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_formatter(matplotlib.ticker.FuncFormatter(lambda v, _: scaled(v, defaults["unit"])))
    axes.tick_params(labelsize=7)
    axes.grid(alpha=0.3)
    handles, names = axes.get_legend_handles_labels()
    if handles:
        axes.legend(handles[:LEGEND], names[:LEGEND], fontsize=6, loc="upper left", ncol=2 if len(handles) > 5 else 1)


def plot(url, dashboard, begin, end, output):
    panels = dashboard["panels"]
    height = max(p["gridPos"]["y"] + p["gridPos"]["h"] for p in panels)
    figure = plt.figure(figsize=(13, height * 0.36))
    figure.suptitle(dashboard["title"], fontsize=12, y=1 - 0.12 / (height * 0.36))
    for panel in panels:
        at = panel["gridPos"]
        axes = figure.add_axes([at["x"] / 24 + 0.045, 1 - (at["y"] + at["h"] - 0.6) / (height + 1.5) - 0.5 / height,
                                at["w"] / 24 - 0.055, (at["h"] - 2.1) / (height + 1.5)])
        axes.set_title(panel["title"], fontsize=8, loc="left")
        results = [(label(target["legendFormat"], series), series)
                   for target in panel["targets"] for series in query(url, target["expr"], begin, end)]
        if panel["type"] == "stat":
            stat(axes, panel, results)
        else:
            lines(axes, panel, results, begin, end)
    figure.savefig(output, dpi=80)
    plt.close(figure)


def main(url, minutes, directory, end=None):
    end = int(end or time.time())
    for file in sorted((ROOT / "deploy/grafana/dashboards").glob("*.json")):
        output = pathlib.Path(directory) / f"dashboard-{file.stem}.png"
        plot(url, json.loads(file.read_text()), end - int(float(minutes) * 60), end, output)
        print(output)


if __name__ == "__main__":
    main(*sys.argv[1:])
