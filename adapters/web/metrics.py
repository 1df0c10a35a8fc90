"""The machine's figures in Prometheus' text form.

Whatever the database knows is summed up there at each look, so that counters go on over restarts;
what a process counts for itself (errors of platforms, deliveries tried again) begins at its start.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from bot.job import JobStatus
from bot.watch.totals import EDGES_S, STAGES
from bot.watch.watching import Vitals

MIB = 2**20

Family = Callable[[Vitals], Metric]


def in_text(vitals: Vitals) -> bytes:
    """Registered for this one look: there is nothing that two of them would share."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Figures(vitals))
    return generate_latest(registry)


class _Figures(Collector):
    def __init__(self, vitals: Vitals) -> None:
        self._vitals = vitals

    def collect(self) -> Iterable[Metric]:
        return (family(self._vitals) for family in FAMILIES)


def _jobs(vitals: Vitals) -> Metric:
    family = GaugeMetricFamily(
        "sketchlife_jobs", "Jobs that have not ended.", labels=["renderer", "state"]
    )
    for one in vitals.under_way:
        family.add_metric([one.renderer, one.status], one.jobs)
    return family


def _oldest(vitals: Vitals) -> Metric:
    family = GaugeMetricFamily(
        "sketchlife_oldest_job_seconds",
        "How long ago the first job that stands there was asked for.",
        labels=["renderer", "state"],
    )
    for one in vitals.under_way:
        age_s = (vitals.now - one.oldest).total_seconds()
        family.add_metric([one.renderer, one.status], age_s)
    return family


def _ended(vitals: Vitals) -> Metric:
    family = CounterMetricFamily(
        "sketchlife_jobs_ended", "Jobs that ended.", labels=["renderer", "outcome"]
    )
    for one in vitals.totals:
        family.add_metric([one.renderer, one.outcome], one.jobs)
    return family


def _stages(vitals: Vitals) -> Metric:
    family = HistogramMetricFamily(
        "sketchlife_stage_seconds",
        "Seconds that delivered jobs spent in each stage.",
        labels=["renderer", "stage"],
    )
    delivered = (one for one in vitals.totals if one.outcome is JobStatus.DELIVERED)
    for one in delivered:
        for stage in STAGES:
            spent = one.spent[stage]
            edges = zip((str(edge) for edge in EDGES_S), spent.within, strict=True)
            buckets = [*edges, ("+Inf", one.jobs)]
            name = stage.removesuffix("_s")
            family.add_metric([one.renderer, name], buckets, sum_value=spent.seconds)
    return family


def _restarts(vitals: Vitals) -> Metric:
    family = CounterMetricFamily(
        "sketchlife_worker_restarts", "Workers that died and were replaced.", labels=["role"]
    )
    for role, facts in vitals.workers.items():
        family.add_metric([role], float(facts.get("restarts", 0)))
    return family


def _ready(vitals: Vitals) -> Metric:
    family = GaugeMetricFamily(
        "sketchlife_worker_ready", "Whether the worker takes tasks.", labels=["role"]
    )
    for role, facts in vitals.workers.items():
        able = facts.get("state", "ready") == "ready" and not facts.get("problem")
        family.add_metric([role], float(able))
    return family


def _memory(vitals: Vitals) -> Metric:
    family = GaugeMetricFamily(
        "sketchlife_worker_memory_bytes", "Resident memory of the worker.", labels=["role"]
    )
    for role, facts in vitals.workers.items():
        if "memory_mb" in facts:
            family.add_metric([role], float(facts["memory_mb"]) * MIB)
    return family


def _of_cards(name: str, says: str, field: str) -> Family:
    def family_of(vitals: Vitals) -> Metric:
        family = GaugeMetricFamily(name, says, labels=["gpu", "name"])
        for number, gpu in enumerate(vitals.gpus):
            family.add_metric([str(number), gpu.name], getattr(gpu, field))
        return family

    return family_of


def _gpu_seconds(vitals: Vitals) -> Metric:
    return CounterMetricFamily(
        "sketchlife_gpu_seconds", "Seconds that the model rendered.", vitals.gpu_s
    )


def _kwh(vitals: Vitals) -> Metric:
    return GaugeMetricFamily(
        "sketchlife_gpu_energy_kwh", "Estimated from those seconds and the power.", vitals.gpu_kwh
    )


def _resting(vitals: Vitals) -> Metric:
    says = "Whether the GPU is kept free, by a pause or the hours."
    return GaugeMetricFamily("sketchlife_gpu_resting", says, float(vitals.resting))


def _connected(vitals: Vitals) -> Metric:
    family = GaugeMetricFamily(
        "sketchlife_platform_connected", "Whether the platform is reached.", labels=["platform"]
    )
    for platform, connected in vitals.platforms.items():
        family.add_metric([platform], float(connected))
    return family


def _errors(vitals: Vitals) -> Metric:
    family = CounterMetricFamily(
        "sketchlife_platform_errors",
        "What a platform refused, by its own code where it has one.",
        labels=["platform", "code"],
    )
    for (platform, code), count in sorted(vitals.tally.errors.items()):
        family.add_metric([platform, code], count)
    return family


def _retries(vitals: Vitals) -> Metric:
    family = CounterMetricFamily(
        "sketchlife_delivery_retries", "Deliveries that were tried again.", labels=["platform"]
    )
    for platform in vitals.platforms:
        family.add_metric([platform], vitals.tally.retries[platform])
    return family


def _disk(vitals: Vitals) -> Metric:
    return GaugeMetricFamily(
        "sketchlife_disk_free_bytes", "Left where uploads and clips are kept.", vitals.free_bytes
    )


FAMILIES: tuple[Family, ...] = (
    *(_jobs, _oldest, _ended, _stages),
    *(_restarts, _ready, _memory),
    _of_cards("sketchlife_gpu_memory_used_bytes", "In use, by anybody.", "used_bytes"),
    _of_cards("sketchlife_gpu_memory_bytes", "Of the card.", "total_bytes"),
    _of_cards("sketchlife_gpu_use_ratio", "How busy the card is.", "use"),
    _of_cards("sketchlife_gpu_power_watts", "What the card draws.", "power_w"),
    *(_gpu_seconds, _kwh, _resting),
    *(_connected, _errors, _retries, _disk),
)
