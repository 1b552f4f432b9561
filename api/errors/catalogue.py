"""Every code that a problem document may carry: its status, and the words that do not depend on the case."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """``retry_s``: seconds after which asking again makes sense, for faults that pass by themselves."""

    status: int
    title: str
    hint: str | None = None
    retry_s: int | None = None


_AGAIN = "Nothing is lost. Ask again with the same Idempotency-Key; it will be done once."

CATALOGUE: dict[str, Entry] = {
    # who is asking
    "token_missing": Entry(401, "No token was given.", "Send the header `Authorization: Bearer <token>`."),
    "token_refused": Entry(401, "The token is not valid.", "Use the token that `mgeprof up` wrote into its home."),
    "token_expired": Entry(401, "The access token is over.", "Renew it: POST /api/v1/auth/refresh."),
    "login_refused": Entry(401, "The name or the password is wrong.", "Names and e-mail addresses both work."),
    "refresh_refused": Entry(401, "The session is over.", "Log in again."),
    "refresh_reused": Entry(
        401,
        "The refresh token was used before.",
        "Somebody may hold a copy of it, so the session was ended. Log in again.",
    ),
    "refresh_raced": Entry(
        409, "Another request renewed the session.", "Use what that request was answered; a browser has it already."
    ),
    "csrf_failed": Entry(
        403, "The request does not come from a page of mgeprof.", "Send the login's csrf_token as X-CSRF-Token."
    ),
    "session_needed": Entry(403, "A person has to do this.", "Log in with a password; API keys may not do this."),
    "password_weak": Entry(422, "The password is not good enough.", "Take a longer one, or several words."),
    "password_wrong": Entry(403, "The password is wrong.", "Give the password that you log in with."),
    "registration_closed": Entry(403, "Registration is closed.", "Ask an administrator."),
    "invitation_needed": Entry(403, "Registration needs an invitation.", "Ask an administrator for a link."),
    "guests_refused": Entry(403, "Guests are not let in here.", "Log in, or ask an administrator for an account."),
    "link_refused": Entry(410, "The link is not valid any more.", "Links work once and for a time. Ask for a new one."),
    "mail_missing": Entry(409, "No mail is sent from here.", "Ask an administrator for a link to set a password."),
    "rate_limited": Entry(429, "Too many tries.", "Wait for as long as Retry-After says."),
    "hashing_busy": Entry(503, "Too many people are getting in at this moment.", "Try again in a moment.", 2),
    "session_unknown": Entry(404, "There is no such session.", "GET /api/v1/me/sessions lists yours."),
    "key_unknown": Entry(404, "There is no such key.", "GET /api/v1/keys lists yours."),
    "invitation_unknown": Entry(
        404, "There is no such invitation.", "GET /api/v1/invitations lists those not used yet."
    ),
    "account_disabled": Entry(403, "The account is disabled.", "Ask an administrator to enable it."),
    "scope_missing": Entry(403, "The token may not do this.", "Use a key that has the scope which `detail` names."),
    "admin_only": Entry(403, "Only administrators may do this.", "Ask an administrator."),
    "last_admin": Entry(409, "There would be no administrator.", "Make somebody else an administrator first."),
    "local_account": Entry(409, "This is the installation's own account."),
    "local_only": Entry(
        403, "Only the installation's own token may do this.", "Log in with name and password instead."
    ),
    "not_yourself": Entry(409, "You cannot do this to your own account.", "Ask another administrator."),
    "not_yours": Entry(403, "It belongs to somebody else.", "Ask its owner, or an administrator."),
    "link_unknown": Entry(404, "The link opens nothing.", "Ask whoever gave it to you for another one."),
    "account_unknown": Entry(404, "There is no such account."),
    "account_exists": Entry(409, "The account was registered already."),
    "name_taken": Entry(409, "The name is taken.", "Take another name."),
    "email_taken": Entry(409, "The e-mail address is taken.", "Log in, or ask for a new password."),
    # the request itself
    "invalid_request": Entry(422, "The request is not valid.", "Correct the fields that are named under `errors`."),
    "invalid_cursor": Entry(422, "The cursor is not valid.", "Pass `next_cursor` on as it came, with the same `sort`."),
    "idempotency_key_reused": Entry(
        422, "This Idempotency-Key was used for another request.", "Use a new key for every new request."
    ),
    "not_found": Entry(404, "There is nothing here.", "The paths are listed in /api/v1/openapi.json."),
    "method_not_allowed": Entry(405, "This method does not exist here.", "See /api/v1/openapi.json."),
    "body_too_large": Entry(413, "The request's body is too large.", "Files go in parts: POST /api/v1/uploads."),
    "http_error": Entry(400, "The request could not be read."),
    # uploads
    "upload_unknown": Entry(404, "There is no such upload.", "Begin a new one with POST /api/v1/uploads."),
    "upload_complete": Entry(409, "The upload is complete.", "Begin a new one for other bytes."),
    "file_empty": Entry(422, "The file is empty.", "Check the path, and that the program that wrote it had ended."),
    "file_too_large": Entry(413, "The file is over the size limit.", "Ask the administrator to raise the limit."),
    "part_unknown": Entry(404, "The upload has no such part.", "Parts are numbered from 1 to `parts_total`."),
    "part_wrong_length": Entry(
        422, "The part has the wrong length.", "Every part has `part_size` bytes, the last one what remains."
    ),
    "missing_parts": Entry(
        409, "Parts of the upload are missing.", "Send the parts that are named, then complete again."
    ),
    "digest_mismatch": Entry(
        422,
        "The bytes are not those that were announced.",
        "The file changed or was damaged on its way. The upload stays open: send its parts again, then complete.",
    ),
    "not_a_model": Entry(422, "This is not a dumped MegEngine graph."),
    "not_a_model_pickle": Entry(422, "This is a checkpoint, not a dumped graph."),
    "model_truncated": Entry(422, "The model file is cut short.", "Dump or copy the file again."),
    "not_an_npy": Entry(422, "This is not a plain .npy array.", "Write the array with numpy.save(path, array)."),
    "npy_truncated": Entry(422, "The array file is not whole.", "Write or copy the file again."),
    # models, inputs, tasks
    "example_unknown": Entry(404, "There is no such example.", "GET /api/v1/examples lists them."),
    "model_unknown": Entry(404, "There is no such model.", "GET /api/v1/models lists yours."),
    "model_exists": Entry(409, "The model was uploaded already."),
    "inspection_not_ready": Entry(
        409,
        "The model was not inspected yet.",
        "Wait for the inspection to end, or ask for another: POST /api/v1/models/{id}/inspect.",
    ),
    "bad_input": Entry(
        422,
        "The inputs do not fit the model.",
        "Give one input for each that the model declares: GET /api/v1/models/{id}/inspection lists them.",
    ),
    "project_unknown": Entry(404, "There is no such project.", "GET /api/v1/projects lists yours."),
    "project_exists": Entry(409, "The name is taken.", "Take another name, or rename the project that has it."),
    "project_archived": Entry(409, "The project is archived.", "Take it out of the archive, or choose another one."),
    "too_many_tags": Entry(422, "There are too many tags.", "Remove some, then add others."),
    "dataset_unknown": Entry(404, "There is no such dataset.", "GET /api/v1/datasets lists yours."),
    "dataset_exists": Entry(409, "The name is taken.", "Take another name, or delete the dataset that has it."),
    "input_in_use": Entry(409, "A dataset holds the input.", "Delete the dataset first."),
    "input_unknown": Entry(404, "There is no such input.", "Upload it first, with POST /api/v1/uploads."),
    "platform_unknown": Entry(422, "No runner has this platform.", "GET /api/v1/engines lists what there is."),
    "engine_unknown": Entry(422, "No runner has this engine.", "GET /api/v1/engines lists what there is."),
    "runner_unknown": Entry(404, "There is no such runner.", "GET /api/v1/runners lists those that you may use."),
    "not_your_runner": Entry(403, "This runner is not yours to administer.", "Ask its owner, or an administrator."),
    "grant_missing": Entry(403, "You may not use this runner.", "Ask its owner for a grant."),
    "runner_revoked": Entry(409, "The runner was removed.", "Register it anew, with a new enrolment token."),
    "enrolment_closed": Entry(403, "You may not enrol runners here.", "Ask an administrator for an enrolment token."),
    "enrolment_refused": Entry(403, "The enrolment token is not valid.", "Ask for a new one: POST /api/v1/enrolments."),
    "enrolment_unknown": Entry(404, "There is no such enrolment token.", "GET /api/v1/enrolments lists yours."),
    "quota_tasks": Entry(403, "The day's tasks are used up.", "Wait, or ask an administrator for a higher quota."),
    "quota_bytes": Entry(403, "The storage is used up.", "Delete models or inputs, or ask for a higher quota."),
    "model_kills_runners": Entry(
        409,
        "The model takes runners down.",
        "If that was not the model's fault: its owner, or an administrator, submits with despite_losses. A run that completes makes it good.",
    ),
    "device_unknown": Entry(
        422, "No device is as asked for.", "GET /api/v1/runners lists devices with their labels and pools."
    ),
    "option_unsupported": Entry(
        422,
        "An option does not work there.",
        "GET /api/v1/options?platform=…&engine=… says which work, and why others do not.",
    ),
    "sweep_unknown": Entry(404, "There is no such sweep.", "GET /api/v1/sweeps lists yours."),
    "task_unknown": Entry(404, "There is no such task.", "GET /api/v1/tasks lists yours."),
    "attempt_unknown": Entry(404, "There is no such attempt.", "GET /api/v1/tasks/{id}/events says which have begun."),
    "task_exists": Entry(409, "The task was submitted already."),
    "task_not_ended": Entry(409, "The task has not ended.", "Cancel it, and wait for its end."),
    "task_ended": Entry(409, "The task has ended.", "A task that has ended cannot be cancelled."),
    "profile_not_ready": Entry(
        409, "There is no profile yet.", "Wait for the task to complete: GET /api/v1/tasks/{id}/live follows it."
    ),
    "no_profile": Entry(409, "This task left no profile.", "Look at the task's `failure`, then submit again."),
    "no_outputs": Entry(409, "The task kept no outputs.", "Submit it with the option output_dumps, or output_rms."),
    "profile_outdated": Entry(
        409,
        "The stored profile is of another version of the analyser, and cannot be analysed again.",
        "Run the task again.",
    ),
    "query_refused": Entry(
        422, "The profile cannot be asked this.", "See /api/v1/openapi.json for what it can be asked."
    ),
    "artifact_unknown": Entry(404, "The task has no such artifact.", "The task lists its artifacts."),
    # webhooks
    "webhook_unknown": Entry(404, "There is no such webhook.", "GET /api/v1/webhooks lists yours."),
    "webhook_url_refused": Entry(
        422,
        "Nothing is sent to this address.",
        "Receivers stand on the public internet, with https, or in a network that an administrator has allowed.",
    ),
    "webhooks_not_offered": Entry(
        409, "No webhook can be made here.", "The operator sets MGEPROF_WEBHOOKS_KEY, with which secrets are kept."
    ),
    "webhook_disabled": Entry(409, "The webhook is disabled.", "Enable it first."),
    "too_many_webhooks": Entry(403, "You have as many webhooks as one may have.", "Delete one that you do not need."),
    "too_many_replays": Entry(409, "The webhook is being replayed.", "Wait until that is over."),
    "delivery_unknown": Entry(
        404, "There is no such delivery.", "GET /api/v1/webhooks/{id}/deliveries lists those that are kept."
    ),
    # what is not the caller's fault
    "rejected": Entry(409, "The present state does not allow this."),
    "broker_unavailable": Entry(503, "The event log does not answer.", _AGAIN, retry_s=2),
    "database_unavailable": Entry(503, "The database does not answer.", _AGAIN, retry_s=2),
    "storage_unavailable": Entry(503, "The object store does not answer.", _AGAIN, retry_s=2),
    "not_fresh_yet": Entry(
        503, "What was asked for is not visible yet.", "The read models are behind the log. Ask again.", retry_s=1
    ),
    "scheduler_silent": Entry(503, "The scheduler does not answer.", "Ask again in a moment.", retry_s=2),
    "stopping": Entry(503, "The server is restarting.", _AGAIN, retry_s=2),
    "internal": Entry(500, "Something went wrong inside mgeprof.", "Report it together with the request_id."),
}
