"""PostgreSQL: connections, SQL by name, migrations."""
