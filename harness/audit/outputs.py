"""Write an audit for machines: a JSON list of findings, or SARIF 2.1.0 for code-scanning views."""

import json
from typing import Any
from urllib.parse import quote

from harness.audit.audit import Report
from harness.audit.finding import Finding, Severity

SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS: dict[Severity, str] = {
    "impossible": "error",
    "inconsistent": "error",
    "unexplained": "warning",
    "note": "note",
}
CHECKS = {
    "granularity": "A rate must be k of n at its rounding",
    "denominator": "The cells of a column must share the number of units they count",
    "average": "An average must follow from its cells",
    "scale": "A value must stand on the scale of its column",
    "range": "A value must lie in the range of its benchmark",
    "duplicate label": "One label must name one result",
    "copy": "Different models do not agree to the last digit",
    "cross table": "One model has one score under one protocol",
    "bold": "An emphasised score must be the best",
    "measures": "Capacity, Necessity, Conditional Utilization Rate and Information Gap follow from the scores",
    "reading": "What is not a plain number must be named",
}


def as_json(report: Report) -> str:
    """Write the findings as a JSON list of objects with check, severity, cells, arithmetic and explanation."""
    return json.dumps([finding.plain() for finding in report.findings], indent=2, ensure_ascii=False)


def as_sarif(report: Report, uri: str) -> str:
    """Write the findings as one SARIF run on the file at `uri`."""
    rules = [{"id": _id(name), "name": name, "shortDescription": {"text": words}} for name, words in CHECKS.items()]
    run = {
        "tool": {"driver": {"name": "harness audit", "rules": rules}},
        "results": [_result(finding, uri) for finding in report.findings],
    }
    return json.dumps({"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False)


def _id(check: str) -> str:
    return check.replace(" ", "-")


def _result(finding: Finding, uri: str) -> dict[str, Any]:
    lines = list(dict.fromkeys(cell.line for cell in finding.cells if cell.line > 0))[:10] or [1]
    location = {"artifactLocation": {"uri": quote(uri)}}
    return {
        "ruleId": _id(finding.check),
        "level": LEVELS[finding.severity],
        "message": {"text": f"{finding.arithmetic}. {finding.explanation}"},
        "locations": [{"physicalLocation": {**location, "region": {"startLine": line}}} for line in lines],
        "properties": finding.plain(),
    }
