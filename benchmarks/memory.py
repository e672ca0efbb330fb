"""The memory of the service and of PostgreSQL, and the connections between them."""

from pathlib import Path

import psycopg

from .servers import measure_memory, read_memory

CLIENTS = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"

SERVICE = "service, all processes (PSS)"
SERVER = "PostgreSQL, all processes (PSS)"
CONNECTION = "the largest connection in PostgreSQL, without shared memory"
CONNECTIONS = "connections"


def measure(url: str, service_pid: int) -> dict[str, float]:
    """Return memory in MiB, and the number of connections, by what they are of."""
    with psycopg.connect(url) as connection:
        folder = Path(connection.execute("SHOW data_directory").fetchone()[0])
        clients = [pid for (pid,) in connection.execute(CLIENTS)]
    server_pid = int((folder / "postmaster.pid").read_text().split()[0])
    own = [read_memory(pid, "Pss_Anon") for pid in clients]
    return {
        SERVICE: measure_memory(service_pid),
        SERVER: measure_memory(server_pid),
        CONNECTION: max(own, default=0.0),
        CONNECTIONS: len(clients),
    }
