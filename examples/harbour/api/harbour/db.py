"""Database access. Every query names its tenant."""

import psycopg
from flask import current_app, g


def connection():
    if "db" not in g:
        g.db = psycopg.connect(current_app.config["DATABASE_URL"], row_factory=psycopg.rows.dict_row)
    return g.db


def query(sql, params=()):
    with connection().cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def execute(sql, params=()):
    with connection().cursor() as cursor:
        cursor.execute(sql, params)
    connection().commit()


def close(_error=None):
    db = g.pop("db", None)
    if db is not None:
        db.close()
