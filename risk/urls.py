from django.urls import URLPattern, path

from risk.views import profiles, recommendations, tasks, threat

app_name = "risk"

urlpatterns: list[URLPattern] = [
    path("local-profiles/", profiles.index, name="local_profiles"),
    path("local-profiles/add/", profiles.add_edition, name="add_local_profile"),
    path("local-profiles/<slug:reference>/", profiles.edition, name="local_profile"),
    path("local-profiles/<slug:reference>/change/", profiles.change_edition, name="change_local_profile"),
    path("local-profiles/<slug:reference>/briefings/add/", profiles.add_briefing, name="add_briefing"),
    path(
        "local-profiles/<slug:reference>/recommendations/add/", profiles.add_recommendation, name="add_recommendation"
    ),
    path("recommendations/", recommendations.index, name="recommendations"),
    path("recommendations/<slug:reference>/", recommendations.recommendation, name="recommendation"),
    path("recommendations/<slug:reference>/change/", recommendations.change, name="change_recommendation"),
    path("recommendations/<slug:reference>/respond/", recommendations.respond, name="respond"),
    path("recommendations/<slug:reference>/sent/", recommendations.sent, name="response_sent"),
    path("recommendations/<slug:reference>/risks/", recommendations.link_risks, name="link_risks"),
    path("recommendations/<slug:reference>/done/", recommendations.done, name="recommendation_done"),
    path("threat-level/", threat.index, name="threat_level"),
    path("threat-level/enter/", threat.enter, name="enter_threat_level"),
    path("threat-level/<slug:reference>/", threat.entry, name="threat_level_entry"),
    path("threat-level/<slug:reference>/withdraw/", threat.withdraw, name="withdraw_threat_level"),
    path("reassess/", tasks.index, name="reassess"),
    path("reassess/raise/", tasks.raise_tasks, name="raise_review_tasks"),
    path("reassess/<slug:reference>/", tasks.task, name="review_task"),
]
