## Reports: which agreement was broken, and what is decided about it.

no-such-report = There is no such report.
nothing-to-report = There is no such member or goal in this community.
report-yourself = You cannot report yourself, or a goal of your own.
no-such-agreement = { $agreements ->
    [0] The charter has no agreements yet, so none can be named.
    [one] The charter has { $agreements } agreement; name it as number 1.
   *[other] The charter has { $agreements } agreements; name one by its number, from 1 to { $agreements }.
}
reported-already = You have reported this already; wait for the decision.
too-many-reports = { $most ->
    [one] You have { $most } open report in this community; wait until it is decided.
   *[other] You have { $most } open reports in this community; wait until one is decided.
}
report-decided = This report is decided already.
