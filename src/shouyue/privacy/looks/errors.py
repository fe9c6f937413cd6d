"""Why nobody may look any more today."""

from shouyue.ground.kit.errors import Refusal


class BudgetSpent(Refusal):
    """This member of staff has opened as much today as anybody may."""

    code = "vault.budget-spent"
    zh = "今天的查看次数已用完：每人每天最多查看 {looks} 项、{people} 人。请明天继续或交给同事。"
    en = (
        "Your looks of today are used up: {looks} items of {people} people at most. Go on tomorrow."
    )
