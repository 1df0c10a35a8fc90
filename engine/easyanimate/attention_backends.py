"""The attention kernels that a machine may have, each behind the same call, and their choice."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import structlog
import torch
import torch.nn.functional as F  # noqa: N812 - the field's own name for it
from torch import Tensor
from torch.nn.attention import SDPBackend, sdpa_kernel

log = structlog.get_logger(__name__)

# (query, key, value) -> mixed values, each (batch, tokens, heads, head_dim)
Kernel = Callable[[Tensor, Tensor, Tensor], Tensor]

AUTO = "auto"
TRIAL_TOKENS = 128
TRIAL_HEADS = 2
TRIAL_TOLERANCE = 0.05  # 8-bit kernels are off by 0.01 here, a broken one by far more
HOPPER, BLACKWELL = 9, 10  # major numbers of CUDA's compute capability


def torchs_choice(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """Scaled dot-product attention by whichever kernel PyTorch takes."""
    query, key, value = (one.transpose(1, 2) for one in (query, key, value))
    return F.scaled_dot_product_attention(query, key, value).transpose(1, 2)


def _torchs(backend: SDPBackend) -> Callable[[], Kernel]:
    """PyTorch's attention by this kernel and no other; a call that it can't take raises."""

    def kernel(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        with sdpa_kernel(backend):
            return torchs_choice(query, key, value)

    return lambda: kernel


def _flash3() -> Kernel:
    attend = importlib.import_module("flash_attn_interface").flash_attn_func

    def kernel(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        mixed: Any = attend(query, key, value)
        # some releases return the softmax's normaliser beside it
        first: Tensor = mixed[0] if isinstance(mixed, tuple) else mixed
        return first

    return kernel


def _sage() -> Kernel:
    attend = importlib.import_module("sageattention").sageattn
    return lambda query, key, value: attend(query, key, value, tensor_layout="NHD")


BACKENDS: Mapping[str, Callable[[], Kernel]] = MappingProxyType(
    {
        "sdpa": lambda: torchs_choice,
        "sdpa-cudnn": _torchs(SDPBackend.CUDNN_ATTENTION),
        "sdpa-flash": _torchs(SDPBackend.FLASH_ATTENTION),
        "sdpa-math": _torchs(SDPBackend.MATH),
        "flash3": _flash3,  # FlashAttention 3, for Hopper, where it is installed
        "sage": _sage,  # SageAttention, which rounds to 8 bits, where it is installed
    }
)


def check_name(name: str) -> str:
    """Raises `ValueError`, listing the names, for any other than "auto" and `BACKENDS`."""
    if name != AUTO and name not in BACKENDS:
        raise ValueError(f"attention is one of {', '.join((AUTO, *BACKENDS))}, not {name!r}")
    return name


@dataclass(frozen=True, slots=True)
class Setting:
    """Where attention is computed; `quick` allows kernels that round to 8 bits under "auto"."""

    device: torch.device
    dtype: torch.dtype
    head_dim: int
    quick: bool


@dataclass(frozen=True, slots=True)
class Backend:
    name: str
    kernel: Kernel


def choose(wished: str, setting: Setting) -> Backend:
    """The wished backend if it runs here, else the first of "auto" that does; logs which and why.

    What it returns has run: each candidate is tried with a tiny call, since a kernel may be
    installed for another card, or refuse the dtype.
    """
    wishes = () if wished == AUTO else (wished,)
    refused: dict[str, str] = {}
    for name in dict.fromkeys((*wishes, *preferred(setting), "sdpa-math")):
        try:
            kernel = BACKENDS[name]()
            _try(kernel, setting)
        except Exception as error:  # whatever a foreign library raises, the next one is tried
            refused[name] = f"{type(error).__name__}: {error}".splitlines()[0]
            continue
        tell = log.warning if wished in refused else log.info
        tell("attention.in_use", backend=name, wished=wished, refused=refused or None)
        return Backend(name, kernel)
    raise RuntimeError(f"no attention kernel runs on {setting.device}: {refused}")


def preferred(setting: Setting) -> tuple[str, ...]:
    """What "auto" tries, best first."""
    if setting.device.type != "cuda":
        return ("sdpa",)
    quick = ("sage",) if setting.quick else ()
    major, _ = torch.cuda.get_device_capability(setting.device)
    if major == HOPPER:
        return (*quick, "flash3", "sdpa-cudnn", "sdpa-flash", "sdpa")
    if major >= BLACKWELL:
        return (*quick, "sdpa-cudnn", "sdpa-flash", "sdpa")
    return (*quick, "sdpa-flash", "sdpa")


@torch.no_grad()
def _try(kernel: Kernel, setting: Setting) -> None:
    """Raises unless the kernel runs and agrees with the plain formula in float32."""
    shape = (3, 1, TRIAL_TOKENS, TRIAL_HEADS, setting.head_dim)
    count = torch.Size(shape).numel()
    # no random numbers: a generator that somebody else seeded is not to be moved
    waves = torch.arange(count, dtype=torch.float32, device=setting.device).mul(1.7).sin()
    query, key, value = waves.view(shape).to(setting.dtype)
    mixed = kernel(query, key, value)
    with sdpa_kernel(SDPBackend.MATH):
        expected = torchs_choice(query.float(), key.float(), value.float())
    distance = (mixed.float() - expected).abs().max().item()
    if not distance < TRIAL_TOLERANCE:
        raise ArithmeticError(f"off by {distance:.2g} from the plain formula")
