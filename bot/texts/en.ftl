### What the machine did

error-machine = Something went wrong on our side. It has been noted; please try again.
error-worker = The program that draws stopped in the middle of this clip, three times in a row. Please try another picture, or this one later.
error-render = This picture could not be animated. Please try again, or try another picture.
error-encode = The clip was drawn but could not be saved as a file. Please try again.
error-media = The files of this clip are gone or cannot be written. Please send the picture again.
error-store = The list of jobs cannot be reached at the moment. Please try again in a minute.
error-messenger = The chat could not be reached. It will be tried again by itself.
error-too-large = This place takes files up to { NUMBER($limit_bytes, useGrouping: 0) } bytes, and the clip does not fit.
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

### Reading "steps:60 res:768"

option-unknown = There is no setting “{ $name }”. There are { $names }.
option-unknown-near = There is no setting “{ $name }”. Did you mean “{ $nearest }”?
option-twice = “{ parameter }” is set twice. Please set it once.
option-no-value = “{ parameter }” has no value. Write it like { $example }.
option-words-left = I don't know what to do with “{ $words }”. Settings are written like steps:60 res:768, and words with spaces in quotes: prompt:"gentle smile".
option-quote-open = A quotation mark is opened but not closed: { $words }

### The operator's settings

settings-number = { $variable } is “{ $value }”. It must be a number from { NUMBER($low, useGrouping: 0) } to { NUMBER($high, useGrouping: 0) }.
settings-whole = { $variable } is “{ $value }”. It must be a whole number from { NUMBER($low, useGrouping: 0) } to { NUMBER($high, useGrouping: 0) }.
settings-switch = { $variable } is “{ $value }”. It must be on or off.
settings-choice = { $variable } is “{ $value }”. It must be one of { $allowed }.
settings-wrong = { $variable } is “{ $value }”. It cannot be used: { $reason }.
settings-lease-short = LEASE_S is { NUMBER($lease) } and HEARTBEAT_S is { NUMBER($heartbeat) }. LEASE_S must be at least three times as long.

### Limits

limit-disk-full = The disk is nearly full, so I can't take new pictures at the moment. Please try again later.
