"""An engine for the runner's configuration that needs no MegEngine."""

from __future__ import annotations

import sys
from pathlib import Path

from core.protocol.inspection import Amount, InspectionDocument, InspectionTotals, ModelFormatFacts, Variable
from infra.engines.environment import Engine
from tests.e2e.faults import stand_in
from tests.unit.profile.generated import operator, raw_profile

_DATA = Variable(name="data", dtype="float32", shape=(1, 3, 8, 8))
_NUMBERS = Amount(elements=1, bits=32, bytes=4)
_TOTALS = InspectionTotals(
    operators=1,
    parameter_tensors=0,
    parameters=0,
    parameter_bytes=0,
    computation=1,
    activations=_NUMBERS.elements,
    activation_bytes=_NUMBERS.bytes,
)
_INSPECTION = InspectionDocument(
    format=ModelFormatFacts(name="mgv2", engine=None, version=None),
    batch_size=None,
    inputs=(_DATA,),
    outputs=(_DATA,),
    totals=_TOTALS,
    operators=(),
)


def stand_in_engine(folder: Path) -> Engine:
    """Lays an environment into the folder whose Python is the stand-in."""
    (folder / "bin").mkdir(parents=True)
    (folder / "raw.json").write_bytes(raw_profile([operator(device=[(0.0, 0.1, 0.2)], host=[(0.0, 0.1, 0.2)])]))
    (folder / "inspection.json").write_text(_INSPECTION.model_dump_json())
    engine = Engine("1.13.0", folder)
    engine.python.write_text(f'#!/bin/sh\nexec "{sys.executable}" -I -S "{stand_in.__file__}" "{folder}" "$@"\n')
    engine.python.chmod(0o755)
    return engine
