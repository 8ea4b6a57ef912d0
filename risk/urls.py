from django.urls import path

from risk.views import assessments, entries, overview, pieces, profiles, recommendations, review, risks, tasks, threat
from risk.views import settings as settings_views
from risk.views import sharing as sharing_views

app_name = "risk"
ENTRY = "assessments/<slug:reference>/risks/<slug:risk>/"

urlpatterns = [
    path("", overview.overview, name="overview"),
    path("assessments/", assessments.index, name="assessments"),
    path("assessments/new/", assessments.new, name="new_assessment"),
    path("assessments/<slug:reference>/", assessments.assessment, name="assessment"),
    path("assessments/<slug:reference>/change/", assessments.change, name="change_assessment"),
    path("assessments/<slug:reference>/copy/", assessments.copy, name="copy"),
    path("assessments/<slug:reference>/matrix/", assessments.matrix, name="matrix"),
    path("assessments/<slug:reference>/compare/", assessments.compare, name="compare"),
    path("assessments/<slug:reference>/add/", entries.add, name="add_risk"),
    path("assessments/<slug:reference>/review/", review.review, name="review"),
    path("assessments/<slug:reference>/send/", review.send, name="send"),
    path("assessments/<slug:reference>/send-back/", review.send_back, name="send_back"),
    path("assessments/<slug:reference>/approve/", review.approve, name="approve"),
    path("assessments/<slug:reference>/contributors/", review.ask, name="ask_contributor"),
    path("assessments/<slug:reference>/comment/", review.comment, name="comment"),
    path(ENTRY, entries.entry, name="entry"),
    path(f"{ENTRY}describe/", entries.describe, name="describe"),
    path(f"{ENTRY}score/", entries.score, name="score"),
    path(f"{ENTRY}response/", entries.respond, name="respond"),
    path(f"{ENTRY}prompts/", entries.prompts, name="prompts"),
    path(f"{ENTRY}history/", pieces.history, name="entry_history"),
    path(f"{ENTRY}comment/", pieces.comment, name="comment_on_risk"),
    path(f"{ENTRY}reviewed/", pieces.reviewed, name="reviewed"),
    path(f"{ENTRY}take-out/", pieces.take_out, name="take_out"),
    path(f"{ENTRY}controls/add/", pieces.add_control, name="add_control"),
    path(f"{ENTRY}controls/<int:control>/", pieces.change_control, name="change_control"),
    path(f"{ENTRY}controls/<int:control>/remove/", pieces.remove_control, name="remove_control"),
    path("risks/<slug:reference>/", risks.risk, name="risk"),
    path("risks/<slug:reference>/close/", risks.close, name="close_risk"),
    path("risks/<slug:reference>/reopen/", risks.reopen, name="reopen_risk"),
    path("settings/", settings_views.settings, name="settings"),
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
    path("recommendations/<slug:reference>/respond/", recommendations.answer, name="answer_recommendation"),
    path("recommendations/<slug:reference>/sent/", recommendations.sent, name="response_sent"),
    path("recommendations/<slug:reference>/risks/", recommendations.link_risks, name="link_risks"),
    path("recommendations/<slug:reference>/done/", recommendations.done, name="recommendation_done"),
    path("threat-level/", threat.index, name="threat_level"),
    path("threat-level/enter/", threat.enter, name="enter_threat_level"),
    path("threat-level/<slug:reference>/", threat.entry, name="threat_level_entry"),
    path("threat-level/<slug:reference>/withdraw/", threat.withdraw, name="withdraw_threat_level"),
    path("sharing/", sharing_views.sharing, name="sharing"),
    path("sharing/<slug:partnership>/<slug:risk>/", sharing_views.share, name="share"),
    path("sharing/<slug:partnership>/<slug:risk>/take-back/", sharing_views.take_back, name="take_back"),
    path("members/", sharing_views.members_risks, name="members_risks"),
    path("members/<slug:reference>/", sharing_views.members_risk, name="members_risk"),
    path("reassess/", tasks.index, name="reassess"),
    path("reassess/raise/", tasks.raise_tasks, name="raise_review_tasks"),
    path("reassess/<slug:reference>/", tasks.task, name="review_task"),
]
