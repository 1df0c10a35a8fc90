"""Imported first, this loads diffusers' transformer without what it would load beside it.

A machine may have those packages in versions that diffusers does not go together with, or built
for another torch, and no number depends on them. For a process that does nothing else: diffusers
goes without them from then on.
"""

from __future__ import annotations

import importlib
import sys

UNNEEDED = (
    *("accelerate", "bitsandbytes", "flashinfer", "gguf"),
    *("peft", "torchao", "transformers", "xformers"),
)

hidden = [name for name in UNNEEDED if name not in sys.modules]
sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None: there is none
importlib.import_module("diffusers.models.transformers.transformer_easyanimate")
for name in hidden:
    del sys.modules[name]
