"""Yunhe's satisfaction questionnaire: seven constructs, 24 items, and a few questions more.

The constructs are those of the European Customer Satisfaction Index (Tenenhaus et al. 2005);
the wording, the number of items and every number of the measurement model are our own, for
teaching. :data:`YUNHE` is answered on ten points with words at the ends, :data:`CLASSROOM`
on five points with words at each, which is what a form filled in on a telephone needs: same
codes, so that an analysis of the one runs on the other.

References
----------
Tenenhaus, M., Esposito Vinzi, V., Chatelin, Y.-M. & Lauro, C. (2005). PLS path modeling.
*Computational Statistics & Data Analysis* 48(1), 159-205. At second hand.
"""

from __future__ import annotations

from cvm.survey.questionnaire import Item, Questionnaire
from cvm.survey.wording import Anchor, Choice, Construct, Scale, Wording

__all__ = [
    "AGREEMENT_5", "AGREEMENT_7", "AGREEMENT_10", "CLASSROOM", "RECOMMENDATION",
    "SATISFACTION_5", "SATISFACTION_10", "YUNHE",
]  # fmt: skip


def _at(value: int | str, en: str, zh: str, *also: str) -> Anchor:
    return Anchor(value=value, label=Wording(en, zh), also=also)


# -- scales ----------------------------------------------------------------------------

_FAR = (
    ("very dissatisfied", "非常不满意", "extremely dissatisfied", "很不满意", "十分不满意"),
    ("very satisfied", "非常满意", "extremely satisfied", "很满意", "十分满意"),
    ("strongly disagree", "非常不同意", "completely disagree", "完全不同意", "很不同意"),
    ("strongly agree", "非常同意", "completely agree", "完全同意", "很同意"),
)
SATISFACTION_10 = Scale(
    name="satisfaction, 10 points", low=1, high=10, anchors=(_at(1, *_FAR[0]), _at(10, *_FAR[1]))
)
AGREEMENT_10 = Scale(
    name="agreement, 10 points", low=1, high=10, anchors=(_at(1, *_FAR[2]), _at(10, *_FAR[3]))
)
AGREEMENT_7 = Scale(
    name="agreement, 7 points", low=1, high=7, anchors=(_at(1, *_FAR[2]), _at(7, *_FAR[3]))
)
SATISFACTION_5 = Scale(
    name="satisfaction, 5 points",
    low=1,
    high=5,
    anchors=(
        _at(1, *_FAR[0]),
        _at(2, "dissatisfied", "不满意", "somewhat dissatisfied", "比较不满意", "不太满意"),
        _at(3, "neither satisfied nor dissatisfied", "一般", "neutral", "neither", "中立"),
        _at(4, "satisfied", "满意", "somewhat satisfied", "比较满意"),
        _at(5, *_FAR[1]),
    ),
)
AGREEMENT_5 = Scale(
    name="agreement, 5 points",
    low=1,
    high=5,
    anchors=(
        _at(1, *_FAR[2]),
        _at(2, "disagree", "不同意", "somewhat disagree", "比较不同意", "不太同意"),
        _at(3, "neither agree nor disagree", "一般", "neutral", "neither", "中立"),
        _at(4, "agree", "同意", "somewhat agree", "比较同意"),
        _at(5, *_FAR[3]),
    ),
)
RECOMMENDATION = Scale(
    name="recommendation, 0 to 10",
    low=0,
    high=10,
    anchors=(
        _at(0, "not at all likely", "完全不可能", "very unlikely"),
        _at(10, "extremely likely", "非常可能", "very likely"),
    ),
)

# -- questions -------------------------------------------------------------------------

_CONSTRUCTS = (
    Construct(code="IMAG", name=Wording("Image", "企业形象")),
    Construct(code="EXPE", name=Wording("Expectation", "顾客期望")),
    Construct(code="QUAL", name=Wording("Perceived quality", "感知质量")),
    Construct(code="VALU", name=Wording("Perceived value", "感知价值")),
    Construct(code="SATI", name=Wording("Satisfaction", "顾客满意")),
    Construct(code="COMP", name=Wording("Handling of complaints", "投诉处理")),
    Construct(code="LOYA", name=Wording("Loyalty", "顾客忠诚")),
)

# code, reverse, loading, level, spread, English, Chinese
_AGREED = (
    ("IMAG1", False, 0.80, 0.70, 0.20, "Yunhe keeps its word.", "云河说到做到。"),
    ("IMAG2", False, 0.70, 0.75, 0.20, "Yunhe is ahead in new technology.", "云河在新技术方面走在前面。"),
    ("IMAG3", False, 0.75, 0.70, 0.20, "Yunhe does something for our region.", "云河为本地区做出了贡献。"),
    ("IMAG4", True, 0.65, 0.55, 0.22, "Yunhe thinks of its profit first and of me second.",
     "云河先考虑自己的利润，再考虑我。"),
    ("EXPE1", False, 0.75, 0.72, 0.18, "Before I became a customer, I expected Yunhe to be good on the whole.",
     "成为客户之前，我期望云河总体上是好的。"),
    ("EXPE2", False, 0.75, 0.70, 0.18, "Before I became a customer, I expected Yunhe to suit my own needs.",
     "成为客户之前，我期望云河能满足我个人的需要。"),
    ("EXPE3", False, 0.65, 0.62, 0.22, "Before I became a customer, I expected little to go wrong with Yunhe.",
     "成为客户之前，我期望云河很少出问题。"),
    ("VALU1", False, 0.80, 0.62, 0.22, "For the price I pay, I get a good service.", "按我付的价格，我得到了好的服务。"),
    ("VALU2", False, 0.85, 0.60, 0.22, "For the service I get, I pay a fair price.", "按我得到的服务，我付的价格是公道的。"),
    ("VALU3", False, 0.75, 0.60, 0.22, "Set against other operators, Yunhe is worth its money.",
     "与其他运营商相比，云河物有所值。"),
    ("LOYA1", False, 0.85, 0.68, 0.24, "If I had to choose an operator today, I would choose Yunhe again.",
     "如果今天重新选择运营商，我还会选云河。"),
    ("LOYA2", False, 0.85, 0.66, 0.24, "I mean to be with Yunhe two years from now.", "两年之后我仍打算使用云河。"),
    ("LOYA3", True, 0.60, 0.50, 0.26, "I would leave Yunhe for a slightly lower price.",
     "只要价格稍低一点，我就会离开云河。"),
)  # fmt: skip
_SATISFIED = (
    ("QUAL1", False, 0.75, 0.68, 0.22, "Network coverage where you need it", "您所需之处的网络覆盖"),
    ("QUAL2", False, 0.80, 0.66, 0.22, "Speed and steadiness of mobile data", "手机上网的速度和稳定性"),
    ("QUAL3", False, 0.75, 0.70, 0.20, "The people in the shop and on the telephone", "营业厅和电话服务人员"),
    ("QUAL4", False, 0.70, 0.66, 0.20, "Choice of tariffs and services", "可选的资费和业务"),
    ("QUAL5", False, 0.70, 0.64, 0.24, "Bills that are right and easy to follow", "账单准确、易懂"),
    ("QUAL6", False, 0.80, 0.64, 0.22, "Clear and honest information", "信息清楚、诚实"),
    ("SATI1", False, 0.85, 0.70, 0.20, "Yunhe, all in all", "总体而言，对云河"),
    ("SATI2", False, 0.80, 0.62, 0.20, "Yunhe, set against what you had expected", "与您原来的期望相比，对云河"),
    ("SATI3", False, 0.80, 0.58, 0.22, "Yunhe, set against the best operator you can imagine",
     "与您心目中最好的运营商相比，对云河"),
    ("COMP1", False, 0.85, 0.62, 0.24, "How Yunhe puts a problem right (if you had none: how you think it would)",
     "云河怎样解决问题（如没有遇到过：您认为会怎样）"),
    ("COMP2", False, 0.80, 0.58, 0.24, "How soon Yunhe puts a problem right (if you had none: how you think it would)",
     "云河多快解决问题（如没有遇到过：您认为会怎样）"),
)  # fmt: skip

_Row = tuple[str, bool, float, float, float, str, str]


def _item(row: _Row, scale: Scale) -> Item:
    code, reverse, loading, level, spread, english, chinese = row
    return Item(
        code=code, wording=Wording(english, chinese), scale=scale, construct=code[:4],
        reverse=reverse, loading=loading, level=level, spread=spread,
    )  # fmt: skip


_INDICATORS = sorted(
    [_item(r, AGREEMENT_10) for r in _AGREED] + [_item(r, SATISFACTION_10) for r in _SATISFIED],
    key=lambda item: ([c.code for c in _CONSTRUCTS].index(item.construct), item.code),
)
_RECO = Item(
    code="RECO",
    wording=Wording(
        "How likely is it that you would recommend Yunhe to a friend or a colleague?",
        "您向朋友或同事推荐云河的可能性有多大？",
    ),
    scale=RECOMMENDATION, construct="LOYA", indicator=False, loading=0.8, level=0.7, spread=0.24,
)  # fmt: skip
_EASE = Item(
    code="EASE",
    wording=Wording("It was easy to get from Yunhe what I needed.", "从云河得到我需要的帮助很容易。"),
    scale=AGREEMENT_7, construct="QUAL", indicator=False, loading=0.6, level=0.65, spread=0.26,
    asked_if=("contact", "yes"),
)  # fmt: skip
_CONTACT = Choice(
    code="contact",
    wording=Wording("Have you turned to Yunhe with a request in the last 12 months?",
                    "最近 12 个月您是否找云河办过事？"),
    options=(_at("yes", "yes", "是", "y", "有"), _at("no", "no", "否", "n", "没有", "无")),
)  # fmt: skip
_SEGMENT = Choice(
    code="segment",
    wording=Wording("Which customer are you?", "您属于哪类客户？"),
    options=(
        _at("consumer", "private customer", "个人客户", "consumer"),
        _at("youth", "young customer (under 25)", "青年客户（25 岁以下）", "youth", "young customer", "青年客户"),
        _at("business", "business customer", "企业客户", "business", "company", "商务客户"),
    ),
)  # fmt: skip

#: Yunhe's questionnaire, on ten points.
YUNHE = Questionnaire(
    name="yunhe",
    title=Wording("What do you think of Yunhe Telecom?", "您对云河通信的看法"),
    introduction=Wording(
        "There are no right or wrong answers. Mark one point in each line. Leave a line "
        "empty if it does not concern you.",
        "答案没有对错之分。请在每一行选择一个分值；与您无关的可以空着。",
    ),
    constructs=_CONSTRUCTS,
    items=(*_INDICATORS, _RECO, _EASE),
    choices=(_CONTACT, _SEGMENT),
)
#: The same questions on five points with words at each, for a form on a telephone.
CLASSROOM = YUNHE.on(
    {"satisfaction, 10 points": SATISFACTION_5, "agreement, 10 points": AGREEMENT_5},
    name="classroom",
)
