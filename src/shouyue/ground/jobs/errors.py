"""Why a job is not taken, or not settled."""

from shouyue.ground.kit.errors import Refusal


class UnfitJob(Refusal):
    """A job's name, key or argument could hold more than ids, codes and small numbers."""

    code = "jobs.unfit"
    zh = "任务参数“{field}”不合规。"
    en = "The job's `{field}` is not an id, a code or a small number."


class LeaseLost(Refusal):
    """Another worker has claimed the job since; what this one did in its transaction is undone."""

    code = "jobs.lease-lost"
    zh = "任务已由其他进程接手。"
    en = "Another worker has taken the job over."
