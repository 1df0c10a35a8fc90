### What the machine did

error-machine = Something went wrong on our side. It has been noted; please try again.
error-worker = The program that works on the pictures stopped in the middle of this one. Please try again, or try another picture.
error-worker-stalled = The program that draws stood still in the middle of this clip and was started anew. Please try again, or try another picture.
error-worker-start = The part of this machine that does this ({ $role }) can't be started. Please try again later; who runs the bot finds the reason in the log and with “sketchlife doctor”.
error-model = The model can't be used: { $reason }
model-none = No model is set up here.
model-starting = The model is being loaded.
model-broken = The program of the model can't be started; its log says why.
model-closed = The model is being shut down.
gpu-paused = Whoever runs this machine needs its GPU for something else.
gpu-paused-until = Whoever runs this machine needs its GPU for something else, until { $until }.
gpu-out-of-hours = The GPU of this machine works only at set hours, the next time at { $until }.
disk-waits = The disk of this machine is full. This goes on by itself as soon as there is room again.
gpu-in-use = The GPU may be used again. A running bot takes it within some seconds; the model is loaded anew.
preview-too-late = This one is not waiting any more.
error-render = This picture could not be animated. Please try again, or try another picture.
error-encode = The clip was drawn but could not be saved as a file. Please try again.
error-media = The files of this clip are gone or cannot be written. Please send the picture again.
error-store = The list of jobs cannot be reached at the moment. Please try again in a minute.
error-messenger = The chat could not be reached. It will be tried again by itself.
error-too-large = This place takes files up to { $megabytes } MB, and the clip does not fit.
error-too-large-to-fit = Even at its smallest this clip is larger than what this place takes. Please try fewer frames.
error-job-gone = This clip is not here any more. Send the picture again to make a new one.

### The settings of a request

# How a setting is called in a sentence; `name` is its name in chat.
parameter = { $name }

request-out-of-range = “{ parameter }” goes from { NUMBER($low, useGrouping: 0) } to { NUMBER($high, useGrouping: 0) }; { $value } is outside of that.
request-not-whole = “{ parameter }” is a whole number from { NUMBER($low, useGrouping: 0) } to { NUMBER($high, useGrouping: 0) }; I can't read “{ $value }” as one.
request-not-a-number = “{ parameter }” is a number from { NUMBER($low, useGrouping: 0) } to { NUMBER($high, useGrouping: 0) }; I can't read “{ $value }” as one.
request-not-one-of = “{ parameter }” can be { $allowed }; I don't know “{ $value }”.
request-off-grid = A clip has 5, 9, 13 and so on up to 49 frames. { $value } is not one of them; { $nearest } is the nearest.
request-over-budget = { $frames } frames at { $res } are more than the card can hold. Take { $fitting_frames } frames, or keep { $frames } at { $fitting_res }.
request-text-too-long = “{ parameter }” may have { NUMBER($limit, useGrouping: 0) } characters; yours has { NUMBER($length, useGrouping: 0) }.
request-negative-empty = “negative” can't be left empty: without it many clips fall apart.
frames-too-many = { $value } frames are too many: a clip has at most { $high }, about six seconds. Longer ones repeat themselves or fall apart.
ratio-too-long = This picture is { $width } × { $height }. It may be at most three times as long as it is wide (or the other way round); please crop it nearer to the face.
prompt-camera = I can't move the camera: the drawing moves, the paper stays still. Leave that out of the prompt and I will animate the face.
prompt-dance = I can't make the whole body dance: I bring a face to life. Leave that out of the prompt and I will animate the face.

note-frames-snapped = { $asked } frames became { $frames }: a clip has 5, 9, 13 and so on up to 49.
note-cartoon-eyes = A word of warning: in the cartoon style the eyes tend to move too much.
note-negative-default = The negative prompt is back to its default: it is never empty, because without it many clips fall apart.
note-prompt-cut = Your prompt is longer than what the model reads: its end was left out.
request-too-large-for-card = { $frames } frames at { $res } are more than this machine's card can hold. What it can hold: { $fitting }.

### Reading "steps:60 res:768"

option-unknown = There is no setting “{ $name }”. There are { $names }.
option-unknown-near = There is no setting “{ $name }”. Did you mean “{ $nearest }”?
option-twice = “{ parameter }” is set twice. Please set it once.
option-no-value = “{ parameter }” has no value. Settings are written like steps:60 res:768.
option-words-left = I don't know what to do with “{ $words }”. Settings are written like steps:60 res:768, and words with spaces in quotes: prompt:"gentle smile".
option-quote-open = A quotation mark is opened but not closed: { $words }

preset-name = “{ $name }” can't be a preset's name: it has up to { $limit } letters, digits, - and _, and no spaces.
preset-name-taken = “{ $name }” is the name of a setting, so it can't be that of a preset.
preset-empty = There is nothing to keep: a preset needs at least one setting, such as steps:60.
preset-too-many = There are { $limit } presets already, as many as there can be. Delete one first.
preset-none = There is no preset “{ $name }”, and none other yet.
preset-unknown = There is no preset “{ $name }”. There are: { $names }.
preset-place = Only who looks after this place can change its presets.

### The operator's settings

settings-number = { $variable } is “{ $value }”. It must be a number from { NUMBER($low, useGrouping: 0) } to { NUMBER($high, useGrouping: 0) }.
settings-whole = { $variable } is “{ $value }”. It must be a whole number from { NUMBER($low, useGrouping: 0) } to { NUMBER($high, useGrouping: 0) }.
settings-switch = { $variable } is “{ $value }”. It must be on or off.
settings-choice = { $variable } is “{ $value }”. It must be one of { $allowed }.
settings-folder = Nothing can be kept in { $path }: { $reason }. Please set DATA_DIR to a folder that can be written to.
settings-wrong = { $variable } is “{ $value }”. It cannot be used: { $reason }.

### Limits

limit-disk-full = The disk is nearly full, so I can't take new pictures at the moment. Please try again later.
limit-gpu-day = This clip costs about { $cost } s of GPU time, and { $left } of your { $limit } s for today are left. Fewer steps or a smaller resolution cost less; at midnight (UTC) all are yours again.
limit-authors-asked = { $limit ->
    [one] An author is being asked for you already, and that is all at once.
   *[other] { $limit } authors are being asked for you already, as many as at once.
} Please wait for an answer.
cost-about = Costs about { $cost } s of GPU time
note-cost = Costs about { $cost } of your { $limit } s of GPU time for today
cost-about-of = Costs about { $cost } of your { $limit } s for today; { $left } s are left.

### Who may use it, and where

place-not-allowed = I'm not set up for this place. Whoever runs this bot can let it in by adding { $home } to ALLOWED_PLACES.
place-private = In private I only work for members of communities that use this bot. Please ask there; or whoever runs it can add { $home } to ALLOWED_PLACES.
place-roles = Here only some roles may use this. Please ask a moderator.
place-paused = This is paused here by the moderators. Please try again later.
place-not-yours = Only those who look after this place can see and change that.
person-blocked = You can't send me pictures any more. Whoever runs this bot can tell you why.
setting-not-a-number = “{ $name }” is a whole number, or “default”; I can't read “{ $value }” as one.
setting-above-ceiling = “{ $name }” may be at most { $high } here, which is what whoever runs this bot allows; { $value } is more.
setting-list-too-long = “{ $name }” may hold { $limit } entries.

### Consent

ask-photo = This looks like a photo. Is it of you, or do you have the consent of the person in it, and is it not of a minor?
photo-not-taken = I only animate drawings here, and this looks like a photo.
picture-unfit = This picture can't be animated here: it was found to be unfit for this place. If that is wrong, tell whoever runs the bot.
safety-away = Pictures can't be looked at on this machine at the moment, so none is taken. Please try again later.
picture-blocked = This picture is blocked here and can't be animated.
author-opted-out = Whoever made this picture does not want it to be animated by others.
author-own-only = Here you can only animate pictures of your own.
author-unknown = I can't see whose picture this is, so I can't ask them. If it is your own, please send the file itself.
author-not-here = This picture is somebody else's, and I can't ask them in a private message. Please ask for it where they posted it.
author-asked = I asked { $author }, whose picture this is. As soon as they say yes, your clip goes into the queue; that may take a while.
author-denied = Its author would rather not have this picture animated.
author-denied-for-good = The author of this picture does not want theirs to be animated by others.
author-not-needed = No answer is needed any more.
author-agreed = { $author } said yes, but one thing is in the way, { $person }:
author-too-late = Thank you, but this one is not wanted or not possible any more.
ask-author = { $author }, { $person } would like to bring this picture of yours to life. May they?
ask-author-why = Nobody else can answer this. If you say no for good, nobody will ask you again.
not-your-picture = Only whoever made the picture can answer that.
answer-gone = This button does not fit any more. Please use the newest one.
prompt-words = I don't draw what this prompt asks for. Please leave it out.
prompt-minor = That is something I will never draw. You can't send me pictures any more, and whoever runs this bot has been told.
card-title-asking = May this picture be animated?
card-title-asked = The author was asked
card-title-denied = Not this picture
card-title-agreed = The author said yes
card-title-alarm = Somebody was blocked
alarm-minor = { $person } asked in { $home } for sexualised minors. The request { $job } was refused and the person is blocked.
action-allow = Yes, go ahead
action-deny = No
action-never = No, never

### The card of a job, from its place in the queue to its clip

card-title-queued = Waiting
card-title-running = Drawing
card-title-finishing = Almost there
card-title-done = Your sketch is alive
card-title-failed = This one did not work
card-title-cancelled = Cancelled
card-title-expired = Waited too long
card-title-refused = One question first
card-title-deleted = Deleted
card-title-hidden = Hidden for now
card-title-gone = Its time is over
card-title-shared = A sketch came alive
card-title-report = A clip was reported
card-deleted = Whoever deleted it can have it back until { $until }.
card-hidden = Somebody reported this clip. Until those who look after this place have decided, nobody sees it.
card-gone = The files of this clip are not kept any more. To make a new one, send the picture again with these settings.
card-gone-for-good = This clip was deleted, and its files with it.
card-drawn-by = Drawn by { $author }
card-shared = Shared in this community.
card-on-web = Shown on the web page.
card-kept-while-shared = Files are kept as long as it is shown.
action-renders = { $action } · new render
action-renders-for = { $action } · new render, { $span }
action-web = Show on the web page
action-web-off = Take off the web page
action-star = ★ Star
action-keep = Keep
action-remove = Remove
action-block = Remove and block
card-place = Number { $place } in the queue
card-wait = starts in { $span }
card-step = Step { $step } of { $of }
card-left = { $span } to go
card-seed = Seed { $seed }
card-fitted-quality = Compressed a little to fit the size limit here.
card-fitted-size = Made smaller to fit the size limit here.
card-kept = Files are kept until { $until }.
card-went-private = It could not be posted here any more and went to its owner in private.
job-waited = It has waited for over { $hours ->
    [one] an hour
   *[other] { $hours } hours
 }. Still want it? “Again” puts it into the queue anew.
notice-expired = { $jobs ->
    [one] A clip of yours waited too long; its card asks whether you still want it.
   *[other] { $jobs } clips of yours waited too long; their cards ask whether you still want them.
 }
card-away = { $why } You can wait, or take a preview from the CPU now.
card-draft = The picture is a draft from the CPU; the real one follows.
renderer-preview = Preview on the CPU
renderer-model = EasyAnimate
span-about-seconds = about { $high } s
span-about-minutes = about { $high } min
span-range-seconds = { $low } to { $high } s
span-range-minutes = { $low } to { $high } min
setting-frames = { $frames } frames
setting-expression = expression { $expression }
setting-steps = { $steps } steps
setting-style = style { $style }
setting-loop = loop
measured-blinks = Blinks: { $blinks }
measured-blink = { $eye ->
    [left] left eye at { NUMBER($at, minimumFractionDigits: 1, maximumFractionDigits: 1) } s
    [right] right eye at { NUMBER($at, minimumFractionDigits: 1, maximumFractionDigits: 1) } s
   *[both] both eyes at { NUMBER($at, minimumFractionDigits: 1, maximumFractionDigits: 1) } s
 }
measured-none = No blink seen
measured-smile = Smile: corners of the mouth up by { $percent } % of the eye distance at { NUMBER($at, minimumFractionDigits: 1, maximumFractionDigits: 1) } s
measured-frozen = Hardly anything moves in this one. Another seed may do better.
measured-torn = The drawing falls apart in this one. Another seed may do better.
measured-unmeasured = No face was found to measure, so it is for your own eyes to judge.
action-cancel = Cancel
action-again = Again
action-tweak = Tweak
action-loop = Loop
action-gentle = Gentler
action-formats = Formats
action-curve = Expression curve
action-keys = Key frames
action-share = Share
action-unshare = Stop sharing
action-delete = Delete
action-undelete = Undo
action-report = Report
action-goon = Go on anyway
action-crop = Crop to face { $face }
action-consent = I have consent
action-preview = Preview now
ask-no-eyes = I can't find the eyes in this picture. A face from the front with clear eyes works best. Go on anyway?
ask-two-faces = There are { $faces } faces in this picture, and they would be glued together. Crop to one of them? (1 is the largest.) If you go on, only the largest moves.
cancel-too-late = This one is over already; there is nothing left to cancel.
clip-not-ready = The clip is not ready yet.
not-your-job = Only the person who asked for it can do that.
mention-done = Your clip is ready.
label-ai = AI-generated
terminal-no-place = The clip can't be written to { $path }.

### What people do with a clip, and why not

action-too-late = There is no clip to do that with.
clip-hidden = This clip was reported and is hidden until somebody has decided.
clip-deleted = This clip was deleted.
clip-gone = The files of this clip are not kept any more. Send the picture again to make a new one.
not-your-own = This one is yours: you can delete it yourself.
not-your-deletion = Only whoever deleted it can have it back.
undelete-too-late = It can't be had back any more: that is possible for a day.
star-not-shared = This clip is not shared any more.
note-not-to-share = Whoever drew the picture, or looks after this community, does not want it shown.
share-vetoed = Whoever drew the picture, or looks after this community, does not want this clip shown.
share-opted-out = Whoever drew this picture wants none of their pictures animated or shown.
share-no-community = There is nobody to share it with here: this is a private conversation.
share-restricted = This clip comes from a place for adults, and the gallery here is for everybody.
share-no-page = No web page is served here to show it on.
share-restricted-web = This clip comes from a place for adults, and the web page is for everybody.
shared-by = By { $person }
shared-stars = ★ { $stars }
gallery-taken-back = This clip is not shared any more.
report-already = You have reported this clip already.
report-too-late = This clip can't be seen any more; there is nothing left to report.
report-decided = This report is settled already.
not-yours-to-decide = Only those who look after this place can decide that.
operator-only = Only who runs the bot can do that.
report-prompt = Prompt: { $prompt }
report-count = { $reports ->
    [one] One person reported it.
   *[other] { $reports } people reported it.
}
report-reason = “{ $reason }”
report-decided-keep = Decided: the clip stays.
report-decided-remove = Decided: the clip was removed.
report-decided-block = Decided: the clip was removed, and its owner and picture are blocked.

### A picture that cannot be used

picture-empty = That file is empty. Please send the picture once more.
picture-unknown = I can't read that file as a picture. Please send it as PNG, JPEG, WebP, GIF, BMP or TIFF.
picture-svg = An SVG is a description of lines, and I need pixels. Please export the drawing as PNG and send that.
picture-heic = I can't read HEIC pictures here. Please send it as PNG or JPEG.
picture-truncated = This picture is cut off or damaged, or of a kind that I can't read. Please open it, save it as PNG and send that.
picture-undecodable = This picture could not be opened within reasonable time and memory. Please save it as PNG and send that.
picture-too-heavy = This file is larger than { $limit_mb } MB. Please send a smaller one; a JPEG of the same drawing will do.
picture-too-many-pixels = This picture has more than { $limit_megapixels } megapixels. Please make it smaller; 2048 pixels on the longer side are plenty.
picture-too-small = This picture is only { NUMBER($width, useGrouping: 0) } × { NUMBER($height, useGrouping: 0) } pixels. Please send one with at least { $least } on each side.
picture-too-long = This picture is { NUMBER($width, useGrouping: 0) } × { NUMBER($height, useGrouping: 0) } pixels. The longer side may be at most { $ratio } times the shorter; please crop it nearer to the face.
picture-blank = I see an empty sheet here. If the drawing is white or very faint, please darken its lines and send it again.

### The store and the disk

limit-waiting-person = { $limit ->
    [one] You have a clip waiting already, and one person may have one in the queue.
   *[other] You have { $limit } clips waiting already, as many as one person may have in the queue.
} Cancel one, or try again when the next one begins.
limit-queue-full = The queue is full: { $limit ->
    [one] one clip is waiting already.
   *[other] { $limit } clips are waiting already.
} Please try again in a while.
limit-queue-full-for = The queue is full with { $limit ->
    [one] one clip
   *[other] { $limit } clips
}: a new one would wait for about { $minutes } min. Please try again in a while.
error-disk-full = The disk of this machine is full, so this clip could not be saved. Please try again later.
job-restored = Sketchlife was put back to an earlier time, and this one was not finished then. Still want it? “Again” puts it into the queue anew.
backup-done = { $path }: the database and the files of { $jobs ->
    [one] one job
   *[other] { $jobs } jobs
 }, { $megabytes } MB.
backup-already = Another backup is being made of this folder.
backup-program = { $program } is missing, which comes with PostgreSQL: apt-get install postgresql-client.
restore-done = Restored what was kept at { $at }.
    Unfinished jobs that now ask whether they are still wanted: { $expired }. Deleted again: clips { $deleted }, people { $forgotten }.
    What was here before is in { $aside }: delete that folder when all is well.
restore-no-journal = What people deleted or who was blocked after that time could not be looked up: this folder had no taken-back.jsonl.
restore-too-old = This backup is more than { $days } days old, and what people deleted longer ago than that is not written down any more: it may be back.
restore-others = Other bots share this database. What people took back there is written in the taken-back.jsonl of their data folders: unless you had appended those to the one here, do it and restore once more.
restore-no-backup = { $path } is no backup that can be read: { $reason }
restore-newer = { $path } was made by a newer version of Sketchlife. Update first.
restore-other = This backup is of a { $database } database, and DATABASE_URL names another kind.
database-url = DATABASE_URL is no address of a database that Sketchlife can use. It is written postgresql://name:password@host/base, with special characters of the password as in %40 for @; or leave it empty for SQLite in DATA_DIR.
database-driver = DATABASE_URL names a PostgreSQL database, and its driver is not installed: pip install "sketchlife[postgres]", or from a checkout .venv/bin/pip install -c requirements.lock -e ".[postgres]".
database-newer = The database { $database } was written by a newer version of Sketchlife (revision { $revision }). Update Sketchlife; or put the copy from before the update, which lies beside it with “.at-” in its name, back in its place.

### One's own: history, posting again, forgetting, privacy

repost-not-your-picture = Somebody else drew this picture, so its clip stays in the place that it was made for.
repost-restricted = This clip is from a place for adults, and stays in such places.
history-none = Nothing here yet.
history-more = There is more on page { $page }.
history-state = { $state ->
    [queued] waiting
    [running] drawing
    [rendered] almost there
    [delivered] delivered
    [failed] failed
    [cancelled] cancelled
    [expired] waited too long
    [gone] files no longer kept
   *[deleted] deleted
 }
preset-saved = Kept: preset:{ $name }
preset-deleted = Deleted: { $name }
terminal-exported = { $files ->
    [one] One file
   *[other] { $files } files
 } and sketchlife.json are in { $path }.
terminal-forget = Everything that is kept of you goes: pictures, clips, history, presets, settings. It can't be undone. Type yes to go on:
terminal-forget-not = Nothing was deleted.
forgotten = You are forgotten: pictures, clips, prompts and settings are gone. Only blocks and today's GPU seconds stay, under a pseudonym.
forgotten-left = You are forgotten, but { $left ->
    [one] one message
   *[other] { $left } messages
 } could not be changed just now, and will be as soon as the chat answers.
privacy-files = Pictures and clips are kept for { $days ->
    [one] one day
   *[other] { $days } days
 }, shared ones until you stop sharing them.
privacy-deleted = What you delete is gone from every card at once, and from the disk after a day, in which you can have it back.
privacy-questions = A picture with a question that nobody answers is kept for { $days ->
    [one] one day
   *[other] { $days } days
 }.
privacy-copies = Before an upgrade or a restore all of it is copied aside; the copy goes after { $days ->
    [one] one day
   *[other] { $days } days
 }. How long backups are kept is for whoever runs this bot to say.
privacy-history = Your history (settings, prompt, seed, what was measured, what you answered about photos and consent) stays until you are forgotten; of a deleted clip no words.
privacy-usage = What each clip cost is kept for good, without your words; once you are forgotten, it is nobody's.
privacy-blocks = Blocks and a day's GPU seconds are kept under a pseudonym, and outlive being forgotten; so is, for a year, a note that a backup, when it is restored, must not bring you back. Of a blocked picture a fingerprint is kept, not the picture.
privacy-clips = Every clip says that it is AI-generated; its file names the model, the seed, the settings and the prompt, and no people.
privacy-where = Pictures are worked on by this machine alone and given to nobody but the chat that you use.
privacy-rights = You can have a copy of all this, or be forgotten, at any time. If somebody made a clip of your picture, you can delete it.
privacy-contact = Whom to ask: { $contact }
privacy-no-contact = Who runs this bot has not said how to reach them.

### The command line

terminal-clip = { $path } ({ $width }×{ $height }, { $kilobytes } kB)
terminal-no-sketch = There is no file { $path }.
terminal-own-sketch = { $path } is the sketch itself. Please give the clip another name.
terminal-no-face = There is no face { $face }: this picture has { $faces }.
terminal-ways = { $question } { $ways ->
    [1] To go on, add { $flags }
   *[other] To go on, add one of these: { $flags }
 }
command-line = { $reason } (“{ $command } -h” shows what can be written.)
animate-too-many = Too many animations run here at once. Wait for one to end.
animate-no-model = Which model? Add --model with its folder, or set MODEL; “sketchlife download” brings one.
animate-preview-model = The preview renderer needs no --model.
terminal-loading = Loading { $model } …
run-already = Another bot already works in { $path }. Stop it first, or give this one a DATA_DIR of its own.
desk-case = { $id } · { $at } · a clip of { $person } in { $home } · { $reports ->
    [one] { $reports } report
   *[other] { $reports } reports
}
desk-no-reports = Nothing waits for a decision.
desk-block = { $kind ->
    [person] person
   *[picture] picture
} { $value } · since { $at }
desk-no-blocks = Nobody and nothing is blocked.
desk-unblocked = { $value } is let in again.
desk-not-blocked = Nothing that is blocked is called { $value }, or more than one thing is. “sketchlife blocks” lists all.
desk-nothing-shared = Nothing is shared.
migrate-done = The database is up to date.
download-progress = { $file } · { $done } of { $total } GB
download-done = { $model } is here: EasyAnimate { $family }, { $size }, in { $path }. To use it, write MODEL={ $model } into .env; “sketchlife doctor” then says how fast this machine is.
download-away = { $reason } What is on this disk was taken as it is.
download-died = The download could not be started; “make model” installs what it needs.
usage-line = { $outcome ->
    [delivered] delivered
    [failed] failed
    [cancelled] cancelled
   *[expired] expired
 } · { $attempts ->
    [one] { $attempts } attempt
   *[other] { $attempts } attempts
 } · waited { $queued } s · rendered { $rendered } s · encoded { $encoded } s · uploaded { $uploaded } s
usage-size = { $kilobytes } kB
usage-none = No clips were asked for in this time.
usage-head = { $jobs ->
    [one] One clip was asked for
   *[other] { $jobs } clips were asked for
 }, from { $first } to { $last }: { $outcomes }.
usage-outcome = { $jobs } { $outcome ->
    [delivered] delivered
    [failed] failed
    [cancelled] cancelled
   *[expired] waited too long
 }
usage-renderer = { $renderer }: { $jobs ->
    [one] one clip
   *[other] { $jobs } clips
 }, { $seconds } s rendered
usage-charged = { $seconds } s were counted towards daily limits.
usage-waiting = Waited { $middle } s in the middle, { $longest } s at most.
chart-title-day = Rendered by day
chart-title-week = Rendered by week
chart-title-month = Rendered by month
chart-seconds = seconds
usage-not-yours = Only who looks after this place can see its usage, and only who runs the bot everybody's.
pause-until-what = { $value } is no moment. Write 22:30, or how long: 90m, 3h, 2d, or 2030-01-31T08:00.
pause-over = That moment is over already.
usage-since = { $value } is no date. Write 2030-01-31, or how long ago: 12h, 7d, 2w.
doctor-setting = Setting
doctor-python = Python
doctor-disk = Free disk
doctor-ffmpeg = ffmpeg
doctor-database = Database
doctor-gpu = GPU
doctor-driver = NVIDIA driver
doctor-model = Model
doctor-plan = Memory plan
doctor-attention = Attention
doctor-speed = Time a clip takes
doctor-clips-a-day = Clips a day
doctor-discord = Discord
doctor-telegram = Telegram
doctor-worker-eyes = Eyes (faces, measuring, encoding)
doctor-worker-preview = Preview renderer
doctor-worker-model = EasyAnimate renderer
doctor-worker-safety = Classifier of pictures (SAFETY_MODEL)
doctor-safety-unusable = It can't be used, and without it no picture is taken. { $reason }
doctor-misspelt = Nothing reads this name. { $meant } is meant, it seems.
doctor-use-python = Install Python 3.11 or 3.12.
doctor-free-disk = New jobs are declined below { $needed } GB. Free some, or set DATA_DIR to another disk.
doctor-no-database = The database can't be opened. Check DATABASE_URL; without one, it is a file in DATA_DIR.
doctor-no-ffmpeg = No ffmpeg can be started, and without one there are no clips. Install imageio-ffmpeg anew, or set IMAGEIO_FFMPEG_EXE to an ffmpeg that runs.
doctor-no-gpu = No NVIDIA driver was found; clips are drawn by the preview renderer on the CPU.
doctor-no-model = MODEL is not set; clips are drawn by the preview renderer on the CPU.
doctor-no-gpu-for-model = No NVIDIA driver was found: EasyAnimate runs on the CPU, where a clip takes hours.
doctor-old-driver = PyTorch here was built for CUDA { $cuda }, which needs driver { $needed } or newer, and this one is { $driver }. Update the driver.
doctor-torch-for-cpu = PyTorch here was built without CUDA and leaves the GPU unused. Install the one from PyPI: “make model” does so.
doctor-not-measured = EasyAnimate has rendered nothing here yet. After the first clip the time for each size stands here.
doctor-speed-measured = { $res }: { $span } ({ $clips ->
    [one] measured on { $clips } clip
   *[other] measured on { $clips } clips
 })
doctor-speed-scaled = { $res }: { $span } (worked out from other clips)
doctor-discord-alone = The bot is in no server yet: open that link in a browser and choose one.
doctor-discord-missing = Open that link again for each of these, or give the role of the bot there what it lacks. { $where }
doctor-discord-content = It works as it is. To animate whole channels and pictures in replies, switch on the Message Content Intent in the Developer Portal, under Bot.
doctor-telegram-privacy = It works as it is. To let it see mentions and whole albums in groups, switch its privacy mode off (@BotFather, /setprivacy), then remove it from each group and add it again.
doctor-set-token = Not set up: { $variable } in { $path }.

### Discord

discord-animate = Bring a portrait sketch to life: it blinks and smiles in a clip of six seconds
discord-menu-animate = Animate
discord-option-image = The sketch: a face from the front with clear eyes works best
discord-option-expression = What the face does; auto leaves it to the picture
discord-option-steps = How carefully it is drawn; 60 smooths the beginning and end of each blink
discord-option-res = How large: 768 is the sweet spot for sketches
discord-option-frames = How long: 49 frames last six seconds
discord-option-cfg = How strictly the prompt is followed; 4.5 for loose sketches
discord-option-mode = fast is several times sooner and slightly different
discord-option-style = fine, loose, or cartoon for a child's drawing with big eyes
discord-option-sampler = The rhythm of the lids; DPM++ 2M Karras eases them in and out
discord-option-loop = End on the first picture again, for a seamless loop
discord-option-prompt = Usually best left empty: the picture is everything
discord-option-negative = What should not appear; empty is the default
discord-option-seed = The same seed with the same settings gives the same clip
discord-option-format = The kind of file
discord-option-preset = Settings that were kept under a name
discord-option-options = Settings as text, like steps:60 res:768
discord-on-its-way = Here it is:
discord-cost = about { $cost } s
discord-cost-of = about { $cost } of your { $limit } s
discord-cost-usual = A clip with the usual settings costs { $cost } of GPU time a day.
discord-cost-as-it-is = As it stands: { $cost } of GPU time.
discord-command-animate = animate
discord-command-queue = queue
discord-command-history = history
discord-command-usage = usage
discord-command-preset = preset
discord-command-save = save
discord-command-list = list
discord-command-delete = delete
discord-command-use = use
discord-command-help = help
discord-command-me = me
discord-command-settings = settings
discord-command-data = data
discord-command-forget = forget
discord-command-privacy = privacy
discord-command-gallery = gallery
discord-command-top = top
discord-name-image = image
discord-name-options = options
discord-name-name = name
discord-name-of-place = of_place
discord-name-scope = scope
discord-name-days = days
discord-name-csv = csv
discord-name-period = period
discord-name-reset = reset
discord-language-en = English
discord-language-zh = 中文
discord-language-default = default
discord-notice-mention = a mention
discord-notice-direct = a direct message
discord-notice-silent = none
discord-no-auto-mentioned = I find no channel in that. Please type # and pick the channels from the list that opens; “off” takes them all back.
discord-no-roles-mentioned = I find no role in that. Please type @ and pick the roles from the list that opens; “off” lets everybody in again.
discord-auto-unseen = In the channels set aside I see no pictures yet: whoever runs me has to switch on the Message Content Intent in the Developer Portal, under Bot, and start me again.
discord-brought-along = I am not a member here. The clip comes here if it is ready within a quarter of an hour, else as a direct message; with those closed you find it in /history.
discord-which-format = Which file would you like?
discord-reported = Thank you. The clip is hidden now, and somebody will decide about it.
discord-form-prompt = Prompt
discord-form-style = Style
discord-form-sampler = Sampler
discord-form-res = Size
discord-form-options = More settings
discord-form-reason = What is wrong with it?
discord-no-picture = I see no picture there. Attach a sketch to your message and mention me in it, or use /animate.
discord-reply-unseen = I can't see the picture in the message that you replied to. Open that message's menu instead and choose Apps > Animate.
discord-picture-elsewhere = I only take pictures that were uploaded to Discord. Please attach the file itself.
discord-picture-not-loaded = The picture could not be loaded from Discord. Please send it once more.
discord-not-permitted = I may not answer in this channel. Whoever looks after it has to allow me: { $missing }.
discord-permission-view-channel = View Channel
discord-permission-send-messages = Send Messages
discord-permission-send-messages-in-threads = Send Messages in Threads
discord-permission-add-reactions = Add Reactions
discord-permission-attach-files = Attach Files
discord-permission-read-message-history = Read Message History
discord-queue = Where your clips stand
discord-queue-empty = Nothing of yours is waiting.
discord-history = Your clips, to be posted once more
discord-post-again = Post one of them here
discord-posted-again = It is posted here once more.
discord-usage = What clips cost
discord-usage-scope = Whose: yours, this server's, or everybody's
discord-usage-days = Of how many days; without it, of all time
discord-usage-csv = As a table, too
discord-scope-mine = mine
discord-scope-here = this server's
discord-scope-all = everybody's
discord-help = What makes a good sketch, and what I can do
discord-help-sketch = Give me a portrait sketch, and it blinks and smiles in a clip of six seconds. A good one has its features in the right places, clear eyes and white space around it, no heavy light and no background; it need not be well drawn.
discord-help-ways = /animate with the picture, or a picture with me mentioned, or Apps > Animate in the menu of a message that has one, or a picture sent to me in private. No prompt is needed.
discord-help-settings = Settings, all optional: { $names }. For example: /animate options:steps:60 res:768
discord-help-not = I can't move the camera, make more than 49 frames, animate two people in one picture, or make a body dance.
discord-privacy = What is kept, and for how long
discord-me = Your language, notices and data
discord-me-settings = Your language, how you hear of a clip, and whether others may animate you
discord-me-language = en or zh; default is that of your Discord
discord-me-notice = How you hear of a clip that took long
discord-me-opt-out = On: nobody else animates your pictures
discord-me-data = A copy of all that is kept of you
discord-me-forget = Delete all that is kept of you
discord-my-data = All that is kept of you:
discord-forget = Forget me
discord-forget-sure = Everything that is kept of you goes: pictures, clips, history, presets, settings. It can't be undone.
discord-preset = Settings by a name
discord-preset-save = Keep settings under a name
discord-preset-list = The names that you can use here
discord-preset-delete = Delete a name
discord-preset-use = Animate a sketch with the settings of a name
discord-preset-name = The name of the preset
discord-preset-place = For everybody here; only for who looks after this server
discord-presets-own = Yours: { $names }
discord-presets-place = Of this server: { $names }
discord-gallery = Clips that were shared here
discord-gallery-top = The most starred
discord-gallery-period = Of the week, the month, or all time
discord-gallery-empty = Nothing was shared here in this time.
discord-period-week = week
discord-period-month = month
discord-period-ever = all time
discord-settings = What holds in this server; without options, as it stands
discord-place-language = Of public cards: en or zh; default is the server's
discord-place-pictures = Whose pictures may be animated
discord-place-gallery = The channel of shared clips; for adults where the channel is
discord-place-moderators = The channel where reports go
discord-place-auto = Channels where every picture is animated: mention them
discord-place-waiting = How many clips one person may have waiting
discord-place-gpu-seconds = GPU seconds of one person and day
discord-place-roles = Who may use me: mention the roles
discord-place-label = The small label “AI-generated”, where whoever runs the bot leaves it to you
discord-place-words = Words that no prompt may hold, with commas in between
discord-place-pause = On: nothing new is taken here
discord-place-reset = A setting that goes back to what it was at first
discord-whose-own = only one's own
discord-whose-ask = others', when their author says yes
discord-whose-free = anybody's
discord-token-wrong = Discord does not know the token in DISCORD_TOKEN. Copy it anew from the Developer Portal, under Bot > Reset Token.

### Telegram

telegram-welcome = Send me a portrait sketch, and it blinks and smiles in a clip of six seconds. A face from the front with clear eyes and white space around it works best; it need not be well drawn. Sent as a file it keeps every line. Settings can stand in the caption, like steps:60 res:768. /help says more.
telegram-help = A picture is all I need; no prompt. In a group: /animate as the caption of a picture, or as a reply to one. Settings, all optional: { $names }. I can't move the camera, make more than 49 frames, animate two people in one picture, or make a body dance.
telegram-send-picture = Please answer this message with the sketch: a face from the front with clear eyes works best. Sent as a file it keeps every line.
telegram-send-picture-hint = Attach the sketch here
telegram-file-better = A tip, said once: Telegram compresses photos. Sent as a file, a sketch keeps more of its lines.
telegram-no-picture = I can't see a picture in that. Please send the sketch as a photo, or as a file in PNG or JPEG.
telegram-picture-not-loaded = The picture could not be loaded from Telegram. Please send it once more.
telegram-which-format = Which file would you like?
telegram-working = One moment …
telegram-reported = Thank you. The clip is hidden now, and somebody will decide about it.
telegram-tweak = Tap a setting for its next value; then render the clip anew.
telegram-tweak-go = ▶ Render
telegram-menu-close = ✕ Close
telegram-report-why = What is wrong with this clip? With a reason the report is made, and the clip is hidden.
telegram-report-consent = It shows somebody who never agreed
telegram-report-copied = The picture is not theirs
telegram-report-harmful = It is cruel, sexual or hateful
telegram-report-other = Something else
telegram-unknown-command = I don't know that command. There are { $commands }.
telegram-command-animate = Bring a portrait sketch to life
telegram-command-queue = Where your clips stand
telegram-command-history = Your clips
telegram-command-usage = What your clips cost
telegram-command-preset = Settings by a name
telegram-command-gallery = The most starred clips of this group
telegram-command-help = What I can do
telegram-command-me = Your language, notices, data
telegram-command-privacy = What is kept, and for how long
telegram-command-settings = What holds in this group
telegram-queue-empty = Nothing of yours is on its way.
telegram-post-again = ↻ and a number: that clip once more, here.
telegram-gallery-empty = No clip has been shared here in this time.
telegram-forget = Forget me
telegram-forget-sure = Pictures, clips, prompts and settings of yours would be gone for good. Really?
telegram-me-how = To change something: /me language:zh notice:direct opt_out:on. A copy of your data: /me data. To be forgotten: /me forget.
telegram-presets-own = Yours: { $names }
telegram-presets-place = Of this group: { $names }
telegram-preset-how = To keep one: /preset save soft cfg:4.5 (of this group: /preset here save …). To use it: preset:soft in a caption. To delete it: /preset delete soft.
telegram-settings-how = To change something: /settings language:zh gallery:here pause:on. “here” is this chat; “default” and “off” take a setting back.
telegram-only-in-private = That is for your eyes alone: please ask me in private.
telegram-not-your-chat = Only a chat that you look after can be named there. Write “here” for this one.
telegram-token-wrong = Telegram does not know the token in TELEGRAM_TOKEN. Copy it anew from @BotFather.

### The page

web-headline = Bring a sketch to life
web-lead = Drop a portrait sketch. It blinks and smiles in a clip of six seconds; no prompt, no tuning.
web-skip = Skip to the content
web-nav = Pages
web-nav-animate = Animate
web-nav-gallery = Gallery
web-nav-operate = Operate
web-nav-privacy = Privacy
web-drop = Drop a sketch here, or paste it
web-choose = Choose a file
web-chosen = Your sketch
web-drop-hint = A face from the front, with clear eyes and white space around it, works best. It need not be well drawn.
web-animate = Animate
web-sending = Sending …
web-away = The connection is lost. This page goes on by itself as soon as it is back; nothing of your clip is lost.
web-lost = The page could not be reached. Please try again.
web-auto = auto
web-more-settings = More settings
web-preview-alone = This machine draws previews on the CPU. Steps, guidance, sampler, mode and prompts are for EasyAnimate, and change nothing here.
web-field-expression = Expression
web-field-style = Style
web-field-res = Size
web-field-loop = Seamless loop
web-field-frames = Frames
web-field-steps = Steps
web-field-cfg = Guidance
web-field-sampler = Sampler
web-field-mode = Mode
web-field-seed = Seed
web-field-prompt = Prompt
web-field-negative = Negative prompt
web-hint-expression = Auto leaves it to the picture.
web-hint-style = Loose for sketches that jitter, cartoon for big eyes.
web-hint-res = 768 is the sweet spot for sketches.
web-hint-loop = Ends on the first picture again.
web-hint-frames = 49 last six seconds.
web-hint-steps = 60 smooths each blink.
web-hint-cfg = How strictly a prompt is followed; 4.5 for loose sketches.
web-hint-sampler = The rhythm of the lids.
web-hint-mode = Fast is several times sooner, and slightly different.
web-hint-seed = The same seed with the same settings gives the same clip.
web-hint-prompt = Usually best left empty: the picture is everything.
web-hint-negative = What should not appear; empty is the default.
web-your-clips = Your clips
web-clip = The clip
web-loop-play = Play over and over
web-curve = Expression curve: how far the eyes are open and the corners of the mouth lifted, over the length of the clip
web-curve-left-eye = left eye
web-curve-right-eye = right eye
web-curve-mouth = corners of the mouth
web-downloads = Download
web-format-mp4 = MP4
web-format-gif = GIF
web-format-webp = WebP
web-format-apng = APNG
web-format-sheet = Sprite sheet
web-format-sheet-json = Its JSON
web-tweak = Other settings
web-render-anew = Render anew
web-dismiss = Never mind
web-back = Back
web-another = Animate a sketch
web-gallery-lead = Clips that the people who made them agreed to show here. All of them are AI-generated.
web-gallery-empty = Nothing is shown here yet. “Show on the web page” below a clip of yours is how one gets here.
web-sort = Order
web-newest = Newest
web-starred = Most starred
web-pages = More clips
web-newer = Newer
web-older = Older
web-anonymous = By somebody
web-to-gallery = To the gallery
web-report-reason = What is wrong with it?
web-reported = Thank you. The clip is hidden now, and somebody will decide about it.
web-sign-in = Sign in
web-sign-in-first = Please sign in first: whoever runs this bot can send you a link.
web-sign-in-how = Open the link that whoever runs this bot sent you, or sign in with the operator's token.
web-sign-in-wrong = That did not work: the token is another one, or the link is too old. Whoever runs this bot can make a new one.
web-invited = You were invited to this page. The cookie that remembers it is the only one here.
web-token = Operator's token
web-signed-in = Signed in as { $name }
web-sign-out = Sign out
web-own-data = Your data
web-export = Take it along
web-forget = Forget me
web-forget-all = Everything that is kept of you goes: pictures, clips, history, presets, settings. It can't be undone.
web-forget-go = Forget me for good
web-sorry = That did not work
web-not-found = There is nothing at this address.
web-not-understood = The page could not read that. Please try again.
web-no-picture = No picture was chosen. Drop a sketch on the page, paste one, or choose a file.
web-too-often = That was a little too often. Please try again in { $seconds } s.
web-only-here = This page opens only on the machine that it runs on. Whoever runs it can let others in with WEB_LISTEN and WEB_URL.
web-other-site = That came from another page than this one.
web-page-too-old = This page was open for too long. Please load it anew and try again.
web-queue = Queue
web-state = State
web-job = Job
web-person = Person
web-since = Since
web-what-to-do = What to do
web-drop-job = Drop
web-running = Being drawn
web-waiting = Waiting
web-ended-lately = Ended in 24 h
web-failed = Failed
web-reports = Reports
web-workers = Workers
web-gpu = GPU
web-pause = Pause
web-pause-for = Keep it free
web-pause-hours = for { $hours ->
    [one] an hour
   *[other] { $hours } hours
 }
web-pause-open = until I resume
web-pause-at-once = also from what is being drawn now
web-resume = Resume
web-outcome = Outcome
web-seconds = Seconds
web-blocks = Blocked
web-block = Block
web-unblock = Let in again
web-first-of = The first { $shown } of { $all }.
web-last-of = The last { $shown } of { $all }.
web-nothing-now = Nothing at the moment.
web-preset = Preset
web-preset-none = none
web-preset-hint = Settings that were kept under a name.
web-preset-name = Keep these settings as
web-preset-keep = Keep
web-preset-drop = Delete { $name }
web-language = Language
web-operate-now = Now
web-operate-usage = Usage
web-operate-people = People and places
web-operate-parts = Parts of this page
web-failures = What failed
web-retry = Retry
web-asked-again = asked for again
web-retry-why = A retry comes to where the clip was asked for. What failed cost its owner nothing; the retry counts as a clip of theirs.
web-places = Places
web-people = People
web-place = Place
web-people-lead = Who had clips made in the last 30 days, the busiest first. What you set here holds at once.
web-places-lead = A place’s own moderators may lower these limits with /settings; nobody there can lift them.
web-limit-waiting = Waiting at once
web-limit-gpu = GPU seconds a day
web-limit-of = for { $name }: { $limit }
web-limit-none = no limit
web-limit-clips = Clips
web-limit-today = GPU seconds today
web-save = Save
web-open = open
web-paused = paused
web-blocked = blocked
web-somebody = Somebody else
web-somebody-hint = As discord:42, telegram:42 or web:guest-Ada. Empty limits are those of everybody.
web-people-none = Nobody had a clip made in the last 30 days.
web-places-none = No community had a clip made in the last 30 days.
web-period-week = 7 days
web-period-month = 30 days
web-period-year = A year
web-usage-lead = Days of UTC; the last bar is not over yet.
web-usage-highest = { $highest } { $unit }
trend-clips = Clips
trend-drawing = Time spent drawing
trend-waiting = Wait before a clip begins, on average
trend-unit-clips = clips
trend-unit-minutes = min
trend-unit-seconds = s
trend-delivered = delivered
trend-failed = failed
trend-taken-back = cancelled, or waited too long
trend-gpu = on the GPU
trend-cpu = on the CPU
trend-waited = until it was drawn
retry-too-late = There is nothing to retry: it did not fail, or nothing is left of it.
census-name = “{ $name }” is no person and no place. Write discord:42 or telegram:-1001234.
worker-role = { $role ->
    [eyes] Eyes: pictures in, files out
    [preview] Preview: draws on the CPU
    [model] Model: EasyAnimate
    [safety] Safety: looks for what is unfit
   *[other] { $role }
 }
worker-state = { $state ->
    [ready] ready
    [starting] starting
    [broken] can't be started
    [closed] at rest
   *[other] { $state }
 }
worker-fact = { $fact ->
    [state] State
    [device] Device
    [restarts] Restarts
    [pid] Process
    [memory_mb] Memory (MB)
    [renderer] Renderer
    [model] Model
    [family] Family
    [size] Size
    [dtype] Weights
    [plan] Memory plan
    [attention] Attention
    [mode] Mode
    [problem] Problem
    [classifier] Classifier
    [labels] Unfit from
    [c2pa] Content credentials
   *[other] { $fact }
 }
web-address = The page is at { $address }
web-how-to-operate = To operate the bot on it, sign in with the link that “sketchlife invite --operator” prints.
web-port-taken = Something else already listens on { $where }. Set WEB_LISTEN to another port, such as 127.0.0.1:8090.
web-cannot-listen = The page can't listen on { $where } (WEB_LISTEN): { $reason }
web-key-broken = { $path } is broken. Delete it: a new one is made, and everybody has to sign in again.
web-invite-whom = Whom? Write a name: “sketchlife invite Ada”.
web-invitation = A sign-in link for { $name }, good for { $days ->
    [one] one day
   *[other] { $days } days
 }:
