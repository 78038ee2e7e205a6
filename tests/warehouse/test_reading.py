"""SQL for synced tables: typed columns, every digit, and nothing but reading."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import duckdb
import psycopg
import pytest

from metaconnect.constants import FieldKind
from metaconnect.errors import StoreError, UsageError
from metaconnect.warehouse.duck import DuckTarget
from metaconnect.warehouse.reading import answer


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("reading") / "some.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create table t (a decimal(38, 12), b json)")
        connection.execute("insert into t values (12.5, '{\"c\": 1.10}')")
    return path


def test_types_and_digits_of_duckdb(file):
    found = answer(
        str(file),
        "select a, a as a, sum(a) as total, b, b->>'c' as c, 9007199254740993 as big, "
        "[a] as list, {'x': a} as struct, date '2026-11-01' as d, true as yes, "
        "null as n, "
        "timestamptz '2026-11-01 12:00:00+02' as t, interval 2 day as i, "
        "uuid '00000000-0000-0000-0000-000000000001' as u, 'infinity'::double as f "
        "from t group by all",
    )

    assert found.rows == [
        {
            "a": Decimal("12.5"),
            "a_2": Decimal("12.5"),
            "total": Decimal("12.5"),
            "b": {"c": Decimal("1.10")},
            "c": "1.1",
            "big": 9007199254740993,
            "list": [Decimal("12.5")],
            "struct": {"x": Decimal("12.5")},
            "d": "2026-11-01",
            "yes": True,
            "n": None,
            "t": "2026-11-01T10:00:00+00:00",
            "i": "2 days, 0:00:00",
            "u": "00000000-0000-0000-0000-000000000001",
            "f": float("inf"),
        }
    ]
    kinds = {column.name: column.kind for column in found.columns}
    assert kinds["a"] is FieldKind.RATIO
    assert kinds["big"] is FieldKind.COUNT
    assert kinds["d"] is FieldKind.TEXT


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("selec 1", "syntax error"),
        ("select nothing from t", 'column "nothing" not found'),
        ("drop table t", "read-only"),
        ("insert into t values (1, null)", "read-only"),
        ("copy t to 'out.csv'", "disabled by configuration"),
        ("attach 'other.duckdb'", "disabled by configuration"),
        ("set enable_external_access = true", "lock"),
        ("", "answers nothing"),
    ],
)
def test_duckdb_only_reads(file, sql, said, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)

    with pytest.raises(UsageError, match=said):
        answer(str(file), sql)

    assert not list(tmp_path.glob("o*"))


def test_postgresql_only_reads(database):
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(
            "create table t as select 1.50 as a, '{\"b\": 2.50}'::jsonb as j"
        )

    sql = "select a, sum(a), count(*), j, '%' as p from t group by a, j"
    assert answer(database, sql).rows == [
        {
            "a": Decimal("1.5"),
            "sum": Decimal("1.5"),
            "count": 1,
            "j": {"b": Decimal("2.50")},
            "p": "%",
        }
    ]
    for sql in (
        "delete from t",
        "commit; delete from t",
        "set transaction read write; delete from t",
        "select nothing from t",
        "set transaction read write",
    ):
        with pytest.raises(UsageError):
            answer(database, sql)
    assert answer(database, "select count(*) as n from t").rows == [{"n": 1}]


@pytest.mark.parametrize(
    ("name", "said"),
    [("notes.db", "not a DuckDB file"), ("missing.db", "no file"),
     ("folder.db", "is a folder")],
)  # fmt: skip
def test_what_is_no_database_is_named(tmp_path, name, said):
    text = "some text that is not a database " * 200
    (tmp_path / "notes.db").write_text(text)
    (tmp_path / "folder.db").mkdir()

    with pytest.raises(UsageError, match=said):
        answer(str(tmp_path / name), "select 1")
    if name != "missing.db":
        with pytest.raises(UsageError, match=said):
            DuckTarget(tmp_path / name)
    assert (tmp_path / "notes.db").read_text() == text


def test_a_database_that_is_not_there_is_named_without_its_password():
    with pytest.raises(StoreError) as raised:
        answer("postgresql://me:hunter2hunter2@127.0.0.1:1/db", "select 1")
    assert "hunter2" not in f"{raised.value} {raised.value.hint}"


def test_the_data_api_takes_no_sql():
    with pytest.raises(UsageError, match="takes no SQL"):
        answer("supabase", "select 1")


def test_a_file_is_read_by_several_threads(file):
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: answer(str(file), "select a from t"), range(8)))

    assert {each.rows[0]["a"] for each in found} == {Decimal("12.5")}
