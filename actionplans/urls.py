from django.urls import path

from actionplans.views import actions, linking, overviews, plans, progressing, reports, rescoring

app_name = "actionplans"

urlpatterns = [
    path("", plans.index, name="plans"),
    path("add/", plans.add, name="add_plan"),
    path("settings/", plans.settings, name="settings"),
    path("board/", overviews.board, name="board"),
    path("timeline/", overviews.timeline, name="timeline"),
    path("by-owner/", overviews.by_owner, name="by_owner"),
    path("by-risk/", overviews.by_risk, name="by_risk"),
    path("reassign/", overviews.reassign, name="reassign"),
    path("objectives/<int:pk>/change/", plans.change_objective, name="change_objective"),
    path("actions/", overviews.index, name="actions"),
    path("actions/<slug:reference>/", actions.show, name="action"),
    path("actions/<slug:reference>/change/", actions.change, name="change_action"),
    path("actions/<slug:reference>/start/", progressing.start, name="start"),
    path("actions/<slug:reference>/hold/", progressing.hold, name="hold"),
    path("actions/<slug:reference>/resume/", progressing.resume, name="resume"),
    path("actions/<slug:reference>/progress/", progressing.progress, name="progress"),
    path("actions/<slug:reference>/due/", progressing.move_due, name="move_due"),
    path("actions/<slug:reference>/rating/", progressing.rate, name="rate"),
    path("actions/<slug:reference>/complete/", progressing.complete, name="complete"),
    path("actions/<slug:reference>/effects/", progressing.effects, name="effects"),
    path("actions/<slug:reference>/score/", rescoring.choose, name="rescore"),
    path("actions/<slug:reference>/score/<slug:risk>/", rescoring.score, name="score_again"),
    path("actions/<slug:reference>/cancel/", progressing.cancel, name="cancel"),
    path("actions/<slug:reference>/reopen/", progressing.reopen, name="reopen"),
    path("actions/<slug:reference>/comment/", actions.comment, name="comment"),
    path("actions/<slug:reference>/links/", linking.links, name="links"),
    path("actions/<slug:reference>/links/remove/", linking.remove, name="remove_link"),
    path("actions/<slug:reference>/evidence/", linking.link_evidence, name="link_evidence"),
    path("reports/<slug:reference>/download/", reports.download, name="download_report"),
    path("<slug:reference>/", plans.show, name="plan"),
    path("<slug:reference>/change/", plans.change, name="change_plan"),
    path("<slug:reference>/activate/", plans.activate, name="activate_plan"),
    path("<slug:reference>/close/", plans.close, name="close_plan"),
    path("<slug:reference>/objectives/add/", plans.add_objective, name="add_objective"),
    path("<slug:reference>/report/", reports.new, name="new_report"),
    path("<slug:reference>/actions/add/", actions.add, name="add_action"),
]
