// Runs before the page is drawn: tells the style sheet and GOV.UK Frontend that scripts run here.
document.body.className += " js-enabled" + ("noModule" in HTMLScriptElement.prototype ? " govuk-frontend-supported" : "");
