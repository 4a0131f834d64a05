"""Worth (客户的价值): what a customer will bring.

* :mod:`cvm.clv.summary` - a log as one row a customer: frequency, recency, T.
* :mod:`cvm.clv.bgnbd`, :mod:`cvm.clv.paretonbd` - buying without a contract.
* :mod:`cvm.clv.gammagamma` - what a purchase is worth.
* :mod:`cvm.clv.bgbb` - buying on a row of occasions.
* :mod:`cvm.clv.contract` - renewals of a contract.
* :mod:`cvm.clv.prediction` - purchases ahead, with intervals.
* :mod:`cvm.clv.simulation` - customers whose truth is known.
* :mod:`cvm.clv.value` - residual lifetime value, by customer and by period.
* :mod:`cvm.clv.holdout` - a forecast beside what happened.
* :mod:`cvm.clv.outlook` - purchases ahead without end, and the matrix of histories.
* :mod:`cvm.clv.ranking` - how good a list of the best customers is.
* :mod:`cvm.clv.developer` - one customer's value under stated uncertainty.
* :mod:`cvm.clv.closed`, :mod:`cvm.clv.markov` - closed forms, customer equity, states.
* :mod:`cvm.clv.model`, :mod:`cvm.clv.fit`, :mod:`cvm.clv.quadrature` - what they share.
"""

from cvm.clv.bgbb import BetaGeometricBetaBinomial, bg_bb
from cvm.clv.bgnbd import BetaGeometricNBD, ModifiedBetaGeometricNBD, bg_nbd, mbg_nbd
from cvm.clv.closed import (
    PAYMENTS,
    CustomerBase,
    CustomerEquity,
    customer_equity,
    lifetime_value,
    margin_multiple,
)
from cvm.clv.contract import (
    ShiftedBetaGeometric,
    renewals,
    residual_lifetime,
    retention_curve,
    shifted_beta_geometric,
)
from cvm.clv.developer import (
    Developer,
    DeveloperValue,
    developer_expected,
    developer_tornado,
    developer_value,
    simulate_developer,
    stated_ranges,
)
from cvm.clv.fit import Fit, LikelihoodRatio, likelihood_ratio
from cvm.clv.gammagamma import GammaGamma, expected_spend, gamma_gamma
from cvm.clv.holdout import Validation, expected_repeats, validate
from cvm.clv.markov import MAILING, mailing_policies, mailing_value, markov_value, recency_chain
from cvm.clv.model import CustomerModel
from cvm.clv.outlook import discounted_purchases, outlook_matrix
from cvm.clv.paretonbd import ParetoNBD, pareto_nbd
from cvm.clv.prediction import Prediction, expected_purchases, predict, probability_alive
from cvm.clv.ranking import best_customers, top_share
from cvm.clv.simulation import simulate, simulate_spend
from cvm.clv.summary import UNITS, days_of, occasions, summary
from cvm.clv.value import ResidualValue, residual_value

__all__ = [
    "BetaGeometricBetaBinomial",
    "BetaGeometricNBD",
    "CustomerBase",
    "CustomerEquity",
    "CustomerModel",
    "Developer",
    "DeveloperValue",
    "Fit",
    "GammaGamma",
    "LikelihoodRatio",
    "MAILING",
    "ModifiedBetaGeometricNBD",
    "PAYMENTS",
    "ParetoNBD",
    "Prediction",
    "ResidualValue",
    "ShiftedBetaGeometric",
    "UNITS",
    "Validation",
    "best_customers",
    "bg_bb",
    "bg_nbd",
    "customer_equity",
    "days_of",
    "developer_expected",
    "developer_tornado",
    "developer_value",
    "discounted_purchases",
    "expected_purchases",
    "expected_repeats",
    "expected_spend",
    "gamma_gamma",
    "lifetime_value",
    "likelihood_ratio",
    "mailing_policies",
    "mailing_value",
    "margin_multiple",
    "markov_value",
    "mbg_nbd",
    "occasions",
    "outlook_matrix",
    "pareto_nbd",
    "predict",
    "probability_alive",
    "recency_chain",
    "renewals",
    "residual_lifetime",
    "residual_value",
    "retention_curve",
    "shifted_beta_geometric",
    "simulate",
    "simulate_developer",
    "simulate_spend",
    "stated_ranges",
    "summary",
    "top_share",
    "validate",
]
