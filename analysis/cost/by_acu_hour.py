"""What is billed by the ACU-hours of a cluster beside its compute: proxy, insights, Extended Support."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from analysis.cost.line import Line, Quantity, Rates, free, number, unknown
from analysis.cost.usage import Usage
from analysis.synthesized.database import Database
from aurora_serverless.facts.engine_versions import engine_majors
from aurora_serverless.facts.limits import limit
from aurora_serverless.rules.engine import EXTENDED_SUPPORT_OFF

# Source: "Amazon RDS Proxy pricing": for Aurora Serverless v2 the charge is for 8 ACU at least.
LEAST_PROXY_ACU: Final = limit("rds_proxy_least_billed_acu")
FREE_INSIGHTS_DAYS: Final = limit("rds_insights_retention_standard")

_NOT_KNOWN: Final = "it is billed by the cluster's ACU-hours, which are not known"


def proxy(cluster: Database, acu_hours: Quantity | None, usage: Usage, rates: Rates) -> Iterator[Line]:
    """Yield what an RDS Proxy before the cluster costs."""
    if not cluster.proxies:
        return
    if acu_hours is None:
        yield unknown("RDS Proxy", _NOT_KNOWN)
        return
    billed = acu_hours.at_least(LEAST_PROXY_ACU * usage.hours)
    how = f"{number(billed.typical)} ACU-hours"
    if billed.typical > acu_hours.typical:
        how = f"{LEAST_PROXY_ACU} ACU, which is the least that is billed, x {number(usage.hours)} h"
    if cluster.proxies > 1:
        how = f"{cluster.proxies} proxies x {how}"
    yield rates.line("RDS Proxy", "proxy_acu_hour", billed * cluster.proxies, how, billed.bounds)


def insights(cluster: Database, acu_hours: Quantity | None, rates: Rates) -> Iterator[Line]:
    """Yield what Database Insights cost."""
    item = "Database Insights"
    if cluster.insights_mode == "advanced":
        yield _by_acu_hours(item, "insights_advanced_acu_hour", acu_hours, "advanced", rates)
        return
    if not cluster.has_performance_insights:
        return
    days = cluster.block.get("performance_insights_retention_period", default=FREE_INSIGHTS_DAYS)
    if days == FREE_INSIGHTS_DAYS:
        yield free(item, f"standard, kept for {FREE_INSIGHTS_DAYS} days: free of charge")
    else:
        yield unknown(item, f"the price of {days} days without the advanced mode is not among the prices")


def extended_support(cluster: Database, acu_hours: Quantity | None, today: date, rates: Rates) -> Iterator[Line]:
    """Yield what Extended Support of the cluster's major version costs on the day `today`.

    Source: Amazon Aurora User Guide, "Amazon RDS Extended Support charges": from the day after the end of standard
    support of a major version. The end of a minor version costs nothing.
    """
    item, version = "Extended Support", cluster.version
    if version is None:
        yield unknown(item, f"until when AWS supports version {cluster.engine_version} is not known here")
        return
    fact = engine_majors()[version.major]
    ended = fact.end_of_standard_support
    if today <= ended or cluster.block.get("engine_lifecycle_support") == EXTENDED_SUPPORT_OFF:
        return
    price_item = f"extended_support_year_{1 if today < fact.extended_support_year_3_since else 3}_acu_hour"
    yield _by_acu_hours(item, price_item, acu_hours, f"standard support of {version.major} ended on {ended}", rates)


def _by_acu_hours(item: str, price_item: str, acu_hours: Quantity | None, what: str, rates: Rates) -> Line:
    if acu_hours is None:
        return unknown(item, f"{what}; {_NOT_KNOWN}")
    how = f"{what}: {number(acu_hours.typical)} ACU-hours"
    return rates.line(item, price_item, acu_hours, how, acu_hours.bounds)
