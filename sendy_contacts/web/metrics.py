"""Metrics for Prometheus, summed over gunicorn's processes. They hold no name, phone number or value.

Under gunicorn each process counts in files of the folder PROMETHEUS_MULTIPROC_DIR; see `server.metrics_files`.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping

from flask import Blueprint, Response, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector
from werkzeug.exceptions import NotFound

from ..database.connection import count_connections

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

REQUESTS = Counter("contacts_requests", "Requests served.", ["method", "route", "status"])
DURATION = Histogram(
    "contacts_request_duration_seconds",
    "Seconds from the head of a request to its response.",
    ["method", "route"],
    buckets=SECONDS,
)
ROWS = Counter("contacts_rows", "Rows of single and bulk requests and of imports, by outcome.", ["outcome"])
CONNECTIONS = Gauge(
    "contacts_database_connections", "Connections to the database.", ["state"], multiprocess_mode="livesum"
)

bp = Blueprint("metrics", __name__)


@bp.get("/metrics")
def read_metrics() -> Response:
    """Return the metrics of all processes as text. Requests that came through a proxy get 404."""
    if "X-Forwarded-For" in request.headers or "CONTACTS_METRICS_OFF" in os.environ:
        raise NotFound
    registry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def count_request(method: str, route: str | None, status: int, seconds: float) -> None:
    """Count a request; `route` is None if no route matches the path."""
    # Clients can invent methods, and each would be a time series.
    known = method if route and status != 405 else "any"
    requests, duration = _series(known, route or "none", status)
    requests.inc()
    duration.observe(seconds)
    for state, count in count_connections().items():
        CONNECTIONS.labels(state).set(count)


@functools.cache
def _series(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    return REQUESTS.labels(method, route, status), DURATION.labels(method, route)


def count_rows(outcomes: Mapping[str, int]) -> None:
    """Count rows by their outcome."""
    for outcome, count in outcomes.items():
        ROWS.labels(outcome).inc(count)
