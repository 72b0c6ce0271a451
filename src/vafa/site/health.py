"""Answers for whoever watches the server."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse


def livez(_request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"live": True})


def readyz(_request: HttpRequest) -> JsonResponse:
    """The database answers and its tables are up to date."""
    try:
        executor = MigrationExecutor(connection)
        behind = bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except DatabaseError:
        return JsonResponse({"ready": False, "why": "database"}, status=503)
    if behind:
        return JsonResponse({"ready": False, "why": "vafa upgrade"}, status=503)
    return JsonResponse({"ready": True})
