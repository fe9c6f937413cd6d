"""Where log lines go: standard error, one JSON object each. Standard output is for answers."""

import logging
import sys
from typing import Any

import structlog


def to_standard_error() -> None:
    """Log there from now on."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=_logger,
    )


def _logger(*_given: Any) -> structlog.PrintLogger:
    return structlog.PrintLogger(sys.stderr)  # as it is at that moment
