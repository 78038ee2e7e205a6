"""Spark without a JVM: `pytest_plugins = ["tests.sail"]`."""

import sys
from contextlib import contextmanager
from unittest.mock import patch

import pytest


@contextmanager
def spark_on_sail():
    from pysail.spark import SparkConnectServer
    from pyspark.sql import SparkSession

    server = SparkConnectServer()
    server.start()
    _, port = server.listening_address
    remote = SparkSession.builder.remote(f"sc://localhost:{port}")
    # PySpark takes a main module without a file for a doctest of its own, and looks
    # for a JVM; that of a worker of pytest-xdist has none.
    with patch.object(sys.modules["__main__"], "__file__", __file__, create=True):
        spark = remote.getOrCreate()
    try:
        yield spark
    finally:
        spark.stop()
        server.stop()


@pytest.fixture(scope="module")
def sail():
    from metaconnect.spark import MetaInsights

    with spark_on_sail() as spark:
        spark.dataSource.register(MetaInsights)
        yield spark
