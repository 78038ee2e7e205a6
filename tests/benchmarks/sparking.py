"""Insights on Spark: what a second worker brings."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from statistics import median

from .agency import CLIENTS, DAYS, Agency, agency
from .measure import Command
from .programs import Programs
from .report import Line

TURNS = 3
LATENCY = 200  # milliseconds

# Sail's workers are threads of its one process; each needs a place for what it reads
# and one for what it adds up, and there must be one for every partition.
# https://docs.lakesail.com/sail/latest/reference/configuration
READ = """
import json, os, sys, time, warnings
def app():
    workers, options = sys.argv[1], json.loads(sys.argv[2])
    options["partitions"] = workers
    os.environ["SAIL_MODE"] = "local-cluster"
    for name in ("INITIAL_COUNT", "MAX_COUNT"):
        os.environ["SAIL_CLUSTER__WORKER_" + name] = workers
    os.environ["SAIL_CLUSTER__WORKER_TASK_SLOTS"] = "2"
    os.environ["SAIL_EXECUTION__DEFAULT_PARALLELISM"] = workers
    warnings.simplefilter("ignore")
    from pysail.spark import SparkConnectServer
    from pyspark.sql import SparkSession
    from metaconnect.spark import MetaInsights
    server = SparkConnectServer()
    server.start()
    _, port = server.listening_address
    spark = SparkSession.builder.remote(f"sc://localhost:{port}").getOrCreate()
    spark.dataSource.register(MetaInsights)
    spark.range(1).collect()  # the workers are there
    began = time.perf_counter()
    frame = spark.read.format("meta_insights").options(**options).load()
    count, spend = frame.selectExpr("count(*)", "sum(spend)").collect()[0]
    print(json.dumps([count, str(spend), time.perf_counter() - began]))
    spark.stop()
    server.stop()
"""


def spark(programs: Programs, turns: int) -> Iterator[Line]:
    """The rows of a hundred clients on Sail: two workers against one."""
    today = datetime.now(UTC).date()
    options = {
        "level": "ad",
        "since": str(today - timedelta(days=DAYS + 1)),
        "until": str(today - timedelta(days=2)),
    }
    with agency(programs) as asked:
        two, one = (
            programs.floor("read_spark", READ, workers, json.dumps(options))
            for workers in ("2", "1")
        )
        two.text()  # the sandbox's rows are computed
        for latency, most in ((0, TURNS), (LATENCY, 1)):
            asked.latency(latency)
            yield _line(asked, two, one, min(turns, most), latency)


def _line(asked: Agency, two: Command, one: Command, turns: int, latency: int) -> Line:
    asked.requests()
    pairs = [(_read(two), _read(one)) for _ in range(turns)]
    if len({found for pair in pairs for found, _ in pair}) > 1:
        raise RuntimeError("the rows are not the same")
    count = pairs[0][0][0][0]
    requests = asked.requests() // (2 * turns)
    ours, theirs = (
        f"{count / median(seconds for _, seconds in column):,.0f} rows/s"
        for column in zip(*pairs, strict=True)
    )
    return Line(
        what=f"two workers of Sail, over one: {CLIENTS} clients, {count:,} rows, "
        f"{requests} requests, {latency} ms an answer",
        ours=ours,
        theirs=theirs,
        result=f"{median(a / b for (_, a), (_, b) in pairs):.2f}",
    )


def _read(command: Command) -> tuple[tuple[int, str], float]:
    """Return what was read, and in how many seconds."""
    count, spend, seconds = json.loads(command.text().splitlines()[-1])
    return (count, spend), seconds
