"""Make the tables of Yunhe Telecom from ``market.json``: ``python datasets/yunhe/make.py``.

The same parameters and seed give the same bytes on the pinned versions; a test makes them
anew and compares. What nobody in the market could know goes to ``truth/``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pandas as pd

from cvm.market import NAMES, SCHEMAS, Market, simulate
from cvm.schemas import dictionary
from cvm.tables import observed

HERE = Path(__file__).parent

#: Chinese terms of tables and columns.
CHINESE = {
    "customers": "客户", "transactions": "交易", "contacts": "服务接触", "complaints": "投诉",
    "survey": "满意度调查", "states": "客户状态", "ledger": "月度台账", "truth": "真实特征",
    "customer": "客户编号", "segment": "客户群", "tier": "客户级别", "member": "积分计划会员",
    "channel": "获客渠道", "joined": "入网 (月)", "left": "流失 (月)", "date": "日期",
    "amount": "金额", "order": "订单号", "product": "产品", "quantity": "数量",
    "complained": "是否投诉", "response_days": "响应时间", "settled": "是否妥善解决",
    "question": "问题", "answer": "回答", "wave": "调查轮次", "weight": "权重", "month": "月份",
    "state": "状态", "tenure": "在网时长", "purchases": "购买次数", "revenue": "收入",
    "cost": "成本", "goods": "商品成本", "service": "服务成本", "rewards": "积分回馈",
    "tier_service": "分级服务成本", "bonds": "关系维系成本", "advertising": "广告费",
    "selling": "推销费", "web": "网络渠道费", "welcome": "迎新优惠", "win_back": "挽回费用",
    "complaint_desk": "投诉处理人工", "overhead": "管理费用", "profit": "利润",
    "referrals": "推荐人数", "true_quality": "接触质量", "true_provider": "实际运营商",
    "true_satisfaction": "真实满意度", "true_attitude": "真实态度", "true_hazard": "当月流失概率",
    "true_rate": "月均购买次数", "true_spend": "平均单次金额", "true_performance": "通常绩效",
    "true_risk": "流失风险系数", "true_share": "选择本公司的概率", "true_value_firm": "本公司让渡价值",
    "true_value_rival_a": "对手甲让渡价值", "true_value_rival_b": "对手乙让渡价值",
}  # fmt: skip
#: Columns with more or fewer decimals than two.
DECIMALS = {"response_days": 1, "answer": 0, "true_attitude": 4, "true_hazard": 5, "true_share": 4}


def made(folder: Path) -> None:
    """Write every table, the truth apart, and the dictionary."""
    plan = json.loads((HERE / "market.json").read_text(encoding="utf-8"))
    market = Market().replace(**plan.pop("market"))
    run = simulate(market, **plan)
    truth = folder / "truth"
    truth.mkdir(parents=True, exist_ok=True)
    for name, table in run:
        if name != "truth":
            write(observed(table), folder / f"{name}.csv")
    write(run.truth.drop(columns="true_member"), truth / "customers.csv")
    states = run.states[run.states["state"] == "actual"]
    write(states[["customer", "month", "true_satisfaction", "true_attitude", "true_hazard"]],
          truth / "states.csv")  # fmt: skip
    failed = run.contacts.reset_index(names="contact")
    hidden = [c for c in failed.columns if c.startswith("true_")]
    write(failed[["contact", "customer", "date", *hidden]], truth / "contacts.csv")
    write(words(), folder / "dictionary.csv")


def words() -> pd.DataFrame:
    """Give the data dictionary of all tables, in English with the Chinese terms."""
    parts = []
    for name in NAMES:
        part = dictionary(SCHEMAS[name]).rename(columns={"column": "name"})
        part.insert(0, "table", name)
        part.insert(1, "表", CHINESE[name])
        part.insert(3, "字段", [CHINESE[column] for column in part["name"]])
        parts.append(part)
    table = pd.concat(parts, ignore_index=True).rename(columns={"name": "column"})
    return table[["table", "表", "column", "字段", "kind", "unit", "meaning"]]


def write(table: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV with fixed decimals and line ends, so that bytes can be compared."""
    out = table.copy()
    for name in out.select_dtypes("number").columns:
        if out[name].dtype.kind == "f":
            form = f"{{:.{DECIMALS.get(name, 2)}f}}".format
            out[name] = [form(value) for value in out[name].astype(float)]
    out.to_csv(path, index=False, lineterminator="\n", date_format="%Y-%m-%d", encoding="utf-8")


if __name__ == "__main__":
    made(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
