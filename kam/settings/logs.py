"""Structured logs: readable on a laptop, JSON in a deployment; the request id is in every line."""

import structlog

from core.secret_paths import without_secrets

SHARED = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.stdlib.PositionalArgumentsFormatter(),
]


def without_trace_of_refusals(_logger, _method, event: dict) -> dict:
    """A request that was refused as it should be is one line: its trace tells nothing, and anybody can cause it."""
    if event.get("logger") == "django.request":
        event["event"] = without_secrets(str(event["event"]))
        if event.get("level") == "warning":
            event.pop("exc_info", None)
    return event


def logging_config(*, json: bool) -> dict:
    """The LOGGING dictionary, and structlog bound to it."""
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    # the console's own way of showing a trace prints local variables, passwords among them
    console = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    renderer = structlog.processors.JSONRenderer() if json else console
    tail = [structlog.processors.format_exc_info, renderer] if json else [renderer]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    without_trace_of_refusals,
                    *tail,
                ],
                "foreign_pre_chain": SHARED,
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["console"], "level": "INFO"},
        "loggers": {
            "django_structlog": {"level": "WARNING"},
            # a deployment sees each task begin and end, under the id of the request that asked for it
            "django_structlog.celery": {"level": "INFO" if json else "WARNING"},
            "celery.app.trace": {"level": "WARNING"},
            "celery.worker.strategy": {"level": "WARNING"},
            "axes": {"level": "WARNING"},
        },
    }
