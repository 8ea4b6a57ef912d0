// Everything a page does by itself. Each part makes better what already works without it.
import {
  Button, CharacterCount, Checkboxes, ErrorSummary, FileUpload, NotificationBanner, PasswordInput, Radios,
  ServiceNavigation, SkipLink, createAll,
} from "govuk-frontend";
import { keepDrafts } from "./portal/drafts.js";
import { sendOnce } from "./portal/forms.js";
import { foldFilters, fitTables } from "./portal/lists.js";
import { followProgress } from "./portal/progress.js";
import { foldOutlines, resendAnswers } from "./portal/resend.js";
import { watchSession } from "./portal/session.js";

const components = [
  Button, CharacterCount, Checkboxes, ErrorSummary, FileUpload, NotificationBanner, PasswordInput, Radios,
  ServiceNavigation, SkipLink,
];
for (const component of components) createAll(component);

fitTables();
foldFilters();
sendOnce();
keepDrafts();
followProgress();
foldOutlines();
resendAnswers();
watchSession();
