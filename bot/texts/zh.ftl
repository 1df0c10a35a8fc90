### 机器出的问题

error-machine = 我们这边出了点问题，已经记录下来。请再试一次。
error-worker = 处理图片的程序在处理这张图片时中断了。请再试一次，或者换一张图片。
error-worker-stalled = 绘制程序在做这个视频时卡住了，已经重新启动。请再试一次，或者换一张图片。
error-worker-start = 这台机器上负责这一步的程序（{ $role }）无法启动。请稍后再试；运营者可以在日志里或用“sketchlife doctor”查到原因。
error-model = 模型无法使用：{ $reason }
model-none = 这里没有设置模型。
model-starting = 模型正在加载。
model-broken = 模型的程序无法启动，原因见日志。
model-closed = 模型正在关闭。
gpu-paused = 这台机器的 GPU 被运营者暂时用于别的事。
gpu-paused-until = 这台机器的 GPU 被运营者暂时用于别的事，到 { $until } 为止。
gpu-out-of-hours = 这台机器的 GPU 只在规定的时段工作，下次从 { $until } 开始。
disk-waits = 这台机器的磁盘已满。一有空间就会自动继续。
gpu-in-use = GPU 又可以使用了。正在运行的机器人会在几秒内接管，模型要重新加载。
preview-too-late = 这个任务已经不在等待了。
error-render = 这张图片没能动起来。请再试一次，或者换一张图片。
error-encode = 视频已经画好，但没能保存成文件。请再试一次。
error-media = 这个视频的文件已经不在了，或者无法写入。请重新发送图片。
error-store = 暂时读不到任务列表。请过一分钟再试。
error-messenger = 暂时连不上聊天平台，会自动重试。
error-too-large = 这里最多能发 { $megabytes } MB 的文件，这个视频放不下。
error-too-large-to-fit = 就算压到最小，这个视频也超过了这里的文件大小限制。请减少帧数再试。
error-job-gone = 这个视频已经不在了。重新发送图片就可以再做一个。

### 请求里的设置

# 设置在句子里的叫法；`name` 是聊天里用的名字。
parameter = { $name ->
    [frames] 帧数（frames）
    [res] 分辨率（res）
    [steps] 步数（steps）
    [cfg] 引导（cfg）
    [sampler] 采样器（sampler）
    [mode] 模式（mode）
    [expression] 表情（expression）
    [prompt] 提示词（prompt）
    [negative] 反向提示词（negative）
    [seed] 种子（seed）
    [style] 风格（style）
    [loop] 循环（loop）
    [preset] 预设（preset）
    [format] 格式（format）
   *[other] { $name }
}

request-out-of-range = { parameter }的范围是 { NUMBER($low, useGrouping: 0) } 到 { NUMBER($high, useGrouping: 0) }，{ $value } 超出了范围。
request-not-whole = { parameter }要填 { NUMBER($low, useGrouping: 0) } 到 { NUMBER($high, useGrouping: 0) } 的整数，我看不懂“{ $value }”。
request-not-a-number = { parameter }要填 { NUMBER($low, useGrouping: 0) } 到 { NUMBER($high, useGrouping: 0) } 的数字，我看不懂“{ $value }”。
request-not-one-of = { parameter }可以是 { $allowed }，没有“{ $value }”。
request-off-grid = 帧数只能是 5、9、13……直到 49。{ $value } 不行，最接近的是 { $nearest }。
request-over-budget = { $res } 下 { $frames } 帧超出了显卡的容量。可以减到 { $fitting_frames } 帧，或者保留 { $frames } 帧、改用 { $fitting_res }。
request-text-too-long = { parameter }最多 { NUMBER($limit, useGrouping: 0) } 个字符，你写了 { NUMBER($length, useGrouping: 0) } 个。
request-negative-empty = 反向提示词（negative）不能为空：没有它，很多视频会崩坏。
frames-too-many = { $value } 帧太多了：一个视频最多 { $high } 帧，大约六秒。再长就会重复或者崩坏。
ratio-too-long = 这张图片是 { $width } × { $height }。长边最多是短边的三倍，请裁剪到脸部附近。
prompt-camera = 我不能移动镜头：动的是画，纸不动。把这部分从提示词里去掉，我就来让脸动起来。
prompt-dance = 我不能让全身跳舞：我只让脸活起来。把这部分从提示词里去掉，我就来让脸动起来。

note-frames-snapped = { $asked } 帧改成了 { $frames } 帧：帧数只能是 5、9、13……直到 49。
note-cartoon-eyes = 先说一声：卡通风格里眼睛往往会动得过多。
note-negative-default = 反向提示词已恢复默认：它不能为空，没有它很多视频会崩坏。
note-prompt-cut = 提示词超过了模型能读的长度，末尾部分没有用上。
request-too-large-for-card = { $res } 下的 { $frames } 帧超出了这台机器显卡的容量。它能容纳：{ $fitting }。

### 解读“步数:60 分辨率:768”

option-unknown = 没有叫“{ $name }”的设置。可以用的有：{ $names }。
option-unknown-near = 没有叫“{ $name }”的设置。你是想写“{ $nearest }”吗？
option-twice = { parameter }写了两次，请只写一次。
option-no-value = { parameter }没有填值。设置要写成 步数:60 分辨率:768。
option-words-left = 我不明白“{ $words }”是什么意思。设置要写成 步数:60 分辨率:768，带空格的文字加上引号：提示词:"gentle smile"。
option-quote-open = 有一个引号没有闭合：{ $words }

preset-name = “{ $name }”不能作为预设名：最多 { $limit } 个字母、数字、- 和 _，不含空格。
preset-name-taken = “{ $name }”是一个设置的名字，不能作为预设名。
preset-empty = 没有可保存的内容：预设至少需要一个设置，例如 steps:60。
preset-too-many = 已有 { $limit } 个预设，达到上限。请先删除一个。
preset-none = 没有预设“{ $name }”，也还没有其他预设。
preset-unknown = 没有预设“{ $name }”。现有：{ $names }。
preset-place = 只有管理这里的人才能更改这里的预设。

### 运营者的设置

settings-number = { $variable } 现在是“{ $value }”，必须是 { NUMBER($low, useGrouping: 0) } 到 { NUMBER($high, useGrouping: 0) } 的数字。
settings-whole = { $variable } 现在是“{ $value }”，必须是 { NUMBER($low, useGrouping: 0) } 到 { NUMBER($high, useGrouping: 0) } 的整数。
settings-switch = { $variable } 现在是“{ $value }”，必须是 on 或 off。
settings-choice = { $variable } 现在是“{ $value }”，必须是以下之一：{ $allowed }。
settings-folder = { $path } 无法写入：{ $reason }。请把 DATA_DIR 设为一个可写的文件夹。
settings-wrong = { $variable } 现在是“{ $value }”，无法使用：{ $reason }。

### 限制

limit-disk-full = 磁盘快满了，暂时不能接收新图片。请稍后再试。
limit-gpu-day = 这个视频大约要用 { $cost } 秒显卡时间，而你今天的 { $limit } 秒只剩 { $left } 秒。减少步数或降低分辨率可以省一些；UTC 零点重新计算。
limit-authors-asked = 已经在替你询问 { $limit } 位作者，同时最多只能问这么多。请等其中一位答复。
cost-about = 大约需要 { $cost } 秒显卡时间
note-cost = 大约需要你今天 { $limit } 秒显卡时间中的 { $cost } 秒
cost-about-of = 大约需要你今天 { $limit } 秒中的 { $cost } 秒，还剩 { $left } 秒。

### 谁可以用、在哪里用

place-not-allowed = 我还没有在这里启用。机器人的运营者把 { $home } 加进 ALLOWED_PLACES 就可以了。
place-private = 私聊里我只为已启用本机器人的社区成员服务。请到社区里使用，或者请运营者把 { $home } 加进 ALLOWED_PLACES。
place-roles = 这里只有部分角色可以使用，请联系管理员。
place-paused = 管理员暂停了这里的使用。请稍后再试。
place-not-yours = 只有管理这里的人才能查看和更改。
person-blocked = 你不能再给我发图片了。原因可以询问机器人的运营者。
setting-not-a-number = “{ $name }”要填整数或 default，我看不懂“{ $value }”。
setting-above-ceiling = “{ $name }”在这里最多是 { $high }，这是运营者设定的上限；{ $value } 超出了。
setting-list-too-long = “{ $name }”最多只能有 { $limit } 项。

### 同意

ask-photo = 这看起来是一张照片。照片里的人是你自己，或者你已获得对方的同意，并且对方不是未成年人，对吗？
photo-not-taken = 这里我只让画动起来，而这看起来是一张照片。
picture-unfit = 这张图片不能在这里生成动画：它被判断为不适合这里。如果判断有误，请告诉运营者。
safety-away = 这台机器目前无法检查图片，所以暂不接收。请稍后再试。
picture-blocked = 这张图片已被屏蔽，不能做成动画。
author-opted-out = 这张图片的作者不希望别人把它做成动画。
author-own-only = 这里只能用你自己的图片。
author-unknown = 我看不出这张图片是谁的，所以没法询问对方。如果是你自己的，请直接发送文件本身。
author-not-here = 这张图片是别人的，而我不能在私聊里询问对方。请到对方发图的地方再试。
author-asked = 我已经询问了图片的作者 { $author }。对方一同意，你的视频就会开始排队；这可能要等一段时间。
author-denied = 作者不希望这张图片被做成动画。
author-denied-for-good = 这张图片的作者不希望自己的图片被别人做成动画。
author-not-needed = 已经不需要答复了。
author-agreed = { $author } 同意了，不过还差一步，{ $person }：
author-too-late = 谢谢，不过这个请求已经不需要或无法继续了。
ask-author = { $author }，{ $person } 想让你的这张图片动起来，可以吗？
ask-author-why = 只有你能回答。如果选择永不同意，以后不会再有人问你。
not-your-picture = 只有图片的作者才能回答。
answer-gone = 这个按钮已经不适用了，请使用最新的按钮。
prompt-words = 提示词里有我不画的内容，请去掉。
prompt-minor = 这样的内容我绝不会画。你不能再给我发图片了，运营者已经收到通知。
card-title-asking = 可以让这张图片动起来吗？
card-title-asked = 已询问作者
card-title-denied = 这张图片不行
card-title-agreed = 作者同意了
card-title-alarm = 有人被屏蔽
alarm-minor = { $person } 在 { $home } 请求了涉及未成年人的色情内容。请求 { $job } 已被拒绝，此人已被屏蔽。
action-allow = 可以
action-deny = 不可以
action-never = 永不同意

### The card of a job, from its place in the queue to its clip

card-title-queued = 排队中
card-title-running = 正在绘制
card-title-finishing = 马上就好
card-title-done = 你的画动起来了
card-title-failed = 这次没有成功
card-title-cancelled = 已取消
card-title-expired = 等待太久了
card-title-refused = 先问一个问题
card-title-deleted = 已删除
card-title-hidden = 暂时隐藏
card-title-gone = 已过保留期
card-title-shared = 一张画动起来了
card-title-report = 有短片被举报
card-deleted = 删除它的人可以在 { $until } 之前恢复。
card-hidden = 有人举报了这个短片。在这里的管理者做出决定之前，谁也看不到它。
card-gone = 这个短片的文件已不再保留。想再做一个，请用这些设置重新发送图片。
card-gone-for-good = 这个短片和它的文件都已删除。
card-drawn-by = 原画：{ $author }
card-shared = 已在本社区分享。
card-on-web = 已在网页上展示。
card-kept-while-shared = 展示期间文件一直保留。
action-renders = { $action } · 重新绘制
action-renders-for = { $action } · 重新绘制，{ $span }
action-web = 在网页上展示
action-web-off = 从网页撤下
action-star = ★ 点赞
action-keep = 保留
action-remove = 移除
action-block = 移除并封禁
card-place = 排在第 { $place } 位
card-wait = { $span }后开始
card-step = 第 { $step } 步，共 { $of } 步
card-left = 还需{ $span }
card-seed = 种子 { $seed }
card-fitted-quality = 为符合这里的大小限制，稍微压缩了画质。
card-fitted-size = 为符合这里的大小限制，缩小了尺寸。
card-kept = 文件保留到 { $until }。
card-went-private = 这里已经不能发视频了，已私信发给本人。
job-waited = 已等待超过 { $hours } 小时。还想要吗？点“再来一次”即可重新排队。
notice-expired = 你有 { $jobs } 个短片等待太久；卡片上可以选择是否还要。
card-away = { $why }你可以等待，或者现在就要一个由 CPU 绘制的预览。
card-draft = 图片是 CPU 画的草稿，正式的随后就到。
renderer-preview = 预览（CPU 绘制）
renderer-model = EasyAnimate
span-about-seconds = 约 { $high } 秒
span-about-minutes = 约 { $high } 分钟
span-range-seconds = { $low } 到 { $high } 秒
span-range-minutes = { $low } 到 { $high } 分钟
setting-frames = { $frames } 帧
setting-expression = 表情 { $expression ->
    [blink] 眨眼
    [smile] 微笑
    [wink] 单眼眨眼
    [nod] 点头
    [surprise] 惊讶
   *[other] 自动
 }
setting-steps = { $steps } 步
setting-style = 风格 { $style ->
    [loose] 松散
    [cartoon] 卡通
   *[other] 精细
 }
setting-loop = 循环
measured-blinks = 眨眼：{ $blinks }
measured-blink = { $eye ->
    [left] { NUMBER($at, minimumFractionDigits: 1, maximumFractionDigits: 1) } 秒左侧眼
    [right] { NUMBER($at, minimumFractionDigits: 1, maximumFractionDigits: 1) } 秒右侧眼
   *[both] { NUMBER($at, minimumFractionDigits: 1, maximumFractionDigits: 1) } 秒双眼
 }
measured-none = 没有看到眨眼
measured-smile = 微笑：嘴角在 { NUMBER($at, minimumFractionDigits: 1, maximumFractionDigits: 1) } 秒上扬，幅度为眼距的 { $percent } %
measured-frozen = 这一段几乎没有动。换个种子也许更好。
measured-torn = 这一段画面散开了。换个种子也许更好。
measured-unmeasured = 没有找到可以测量的脸，效果请你自己看。
action-cancel = 取消
action-again = 再来一次
action-tweak = 调整
action-loop = 循环
action-gentle = 更柔和
action-formats = 其他格式
action-curve = 表情曲线
action-keys = 关键帧
action-share = 分享
action-unshare = 取消分享
action-delete = 删除
action-undelete = 撤销
action-report = 举报
action-goon = 仍然继续
action-crop = 裁剪到第 { $face } 张脸
action-consent = 我已获得同意
action-preview = 先看预览
ask-no-eyes = 在这张图里找不到眼睛。正面、眼睛清晰的脸效果最好。仍然继续吗？
ask-two-faces = 这张图里有 { $faces } 张脸，会被粘在一起。要裁剪到其中一张吗？（第 1 张最大。）如果继续，只有最大的那张会动。
cancel-too-late = 这个任务已经结束，没有可取消的了。
clip-not-ready = 短片还没有做好。
not-your-job = 只有发起的人才能这样做。
mention-done = 你的短片做好了。
label-ai = AI生成
terminal-no-place = 短片无法写入 { $path }。

### 人们对短片做的事，以及为什么不行

action-too-late = 这里没有可以这样操作的短片。
clip-hidden = 这个短片被举报了，在有人做出决定之前处于隐藏状态。
clip-deleted = 这个短片已被删除。
clip-gone = 这个短片的文件已不再保留。重新发送图片就可以再做一个。
not-your-own = 这是你自己的短片，你可以直接删除。
not-your-deletion = 只有删除它的人才能恢复。
undelete-too-late = 已经无法恢复：删除后一天之内才可以。
star-not-shared = 这个短片已不再分享。
note-not-to-share = 原画作者或本社区的管理者不希望展示它。
share-vetoed = 原画作者或本社区的管理者不希望展示这个短片。
share-opted-out = 这幅画的作者不希望自己的画被制作成动画或展示。
share-no-community = 这里是私聊，没有可以分享的对象。
share-restricted = 这个短片来自成人场所，而这里的画廊面向所有人。
share-no-page = 这里没有可以展示它的网页。
share-restricted-web = 这个短片来自成人场所，而网页面向所有人。
shared-by = 作者：{ $person }
shared-stars = ★ { $stars }
gallery-taken-back = 这个短片已不再分享。
report-already = 你已经举报过这个短片。
report-too-late = 这个短片已经看不到了，没有可举报的内容。
report-decided = 这个举报已经处理过了。
not-yours-to-decide = 只有这里的管理者才能做这个决定。
operator-only = 只有运营者才能这样做。
report-prompt = 提示词：{ $prompt }
report-count = 有 { $reports } 人举报。
report-reason = “{ $reason }”
report-decided-keep = 决定：保留这个短片。
report-decided-remove = 决定：短片已移除。
report-decided-block = 决定：短片已移除，其所有者和图片已被封禁。

### 不能用的图片

picture-empty = 这个文件是空的。请重新发送图片。
picture-unknown = 这个文件看起来不是图片。请发送 PNG、JPEG、WebP、GIF、BMP 或 TIFF。
picture-svg = SVG 里是线条的描述，我需要像素。请把画导出成 PNG 再发送。
picture-heic = 这里读不了 HEIC 图片。请发送 PNG 或 JPEG。
picture-truncated = 这张图片不完整、已损坏，或者是我读不了的类型。请打开它，另存为 PNG 再发送。
picture-undecodable = 这张图片在合理的时间和内存内打不开。请另存为 PNG 再发送。
picture-too-heavy = 这个文件超过了 { $limit_mb } MB。请发送小一点的，同一张画存成 JPEG 就行。
picture-too-many-pixels = 这张图片超过了 { $limit_megapixels } 百万像素。请缩小一些，长边 2048 像素就足够了。
picture-too-small = 这张图片只有 { NUMBER($width, useGrouping: 0) } × { NUMBER($height, useGrouping: 0) } 像素。请发送每边至少 { $least } 像素的图片。
picture-too-long = 这张图片是 { NUMBER($width, useGrouping: 0) } × { NUMBER($height, useGrouping: 0) } 像素。长边最多是短边的 { $ratio } 倍，请裁剪到脸的附近。
picture-blank = 这看起来是一张白纸。如果线条是白色的或者很淡，请加深之后再发送。

### 数据库与磁盘

limit-waiting-person = 你已经有 { $limit } 个视频在排队，每人最多只能排这么多。请先取消一个，或者等下一个开始后再试。
limit-queue-full = 队列已满：已有 { $limit } 个视频在等待。请过一会儿再试。
limit-queue-full-for = 队列已满：已有 { $limit } 个视频在等待，新的大约要等 { $minutes } 分钟。请过一会儿再试。
error-disk-full = 这台机器的磁盘已满，视频无法保存。请稍后再试。
job-restored = Sketchlife 恢复到了较早的时刻，这一个当时还没完成。还想要吗？点“再来一次”即可重新排队。
backup-done = { $path }：数据库和 { $jobs } 个任务的文件，共 { $megabytes } MB。
backup-already = 这个文件夹正在做另一份备份。
backup-program = 缺少 { $program }，它随 PostgreSQL 提供：apt-get install postgresql-client。
restore-done = 已恢复到 { $at } 的状态。
    未完成、现在询问是否还想要的任务：{ $expired }。再次删除：短片 { $deleted } 个，用户 { $forgotten } 位。
    恢复前的内容在 { $aside }：确认无误后请删除该文件夹。
restore-no-journal = 无法查到那之后有哪些内容被删除、哪些人被封禁：这个文件夹里没有 taken-back.jsonl。
restore-too-old = 这份备份已超过 { $days } 天，更早之前的删除不再有记录：那些内容可能又出现了。
restore-others = 还有别的机器人共用这个数据库。用户在那边撤回的内容记在它们各自数据文件夹的 taken-back.jsonl 里：如果事先没有把它们附加到这里的文件，请先附加，再恢复一次。
restore-no-backup = { $path } 不是能读取的备份：{ $reason }
restore-newer = { $path } 由更新版本的 Sketchlife 生成。请先更新。
restore-other = 这份备份来自 { $database } 数据库，而 DATABASE_URL 指向另一种。
database-url = DATABASE_URL 不是 Sketchlife 能用的数据库地址。写法是 postgresql://用户名:密码@主机/库名，密码里的特殊字符要转写（例如 @ 写成 %40）；留空则用 DATA_DIR 里的 SQLite。
database-driver = DATABASE_URL 指向 PostgreSQL 数据库，但没有安装它的驱动：pip install "sketchlife[postgres]"；在源码目录里则是 .venv/bin/pip install -c requirements.lock -e ".[postgres]"。
database-newer = 数据库 { $database } 是由更新版本的 Sketchlife 写入的（版本号 { $revision }）。请更新 Sketchlife；或者把更新前留下的副本（就在旁边，文件名里带有“.at-”）放回原处。

### 自己的：历史、再次发布、遗忘、隐私

repost-not-your-picture = 这张图是别人画的，所以短片只留在当初请求它的地方。
repost-restricted = 这个短片来自成人场所，只能留在这类场所。
history-none = 这里还什么都没有。
history-more = 第 { $page } 页还有更多。
history-state = { $state ->
    [queued] 等待中
    [running] 绘制中
    [rendered] 即将完成
    [delivered] 已完成
    [failed] 失败
    [cancelled] 已取消
    [expired] 等待太久
    [gone] 文件已过保留期
   *[deleted] 已删除
 }
preset-saved = 已保存：preset:{ $name }
preset-deleted = 已删除：{ $name }
terminal-exported = { $files } 个文件和 sketchlife.json 在 { $path }。
terminal-forget = 关于你的一切都会删除：图片、短片、历史、预设、设置，且无法恢复。输入 yes 继续：
terminal-forget-not = 没有删除任何内容。
forgotten = 已将你遗忘：图片、短片、提示词和设置都已删除。只有封禁记录和当天的 GPU 秒数以化名保留。
forgotten-left = 已将你遗忘，但有 { $left } 条消息暂时无法更改，聊天平台恢复后会自动更新。
privacy-files = 图片和短片保留 { $days } 天；分享的短片保留到你停止分享为止。
privacy-deleted = 你删除的内容会立刻从所有卡片上消失，一天后从磁盘删除；这一天内可以恢复。
privacy-questions = 无人回答的问题所附的图片保留 { $days } 天。
privacy-copies = 升级或恢复之前会把全部内容复制一份；该副本在 { $days } 天后删除。备份保留多久由本机器人的运营者决定。
privacy-history = 你的历史（设置、提示词、种子、测量结果、你对照片和授权的回答）保留到你被遗忘为止；已删除的短片不保留文字。
privacy-usage = 每个短片的用量会长期保留，但不含你的文字；你被遗忘后，它不再属于任何人。
privacy-blocks = 封禁记录和当天的 GPU 秒数以化名保留，遗忘后仍然存在；另以化名记下你已被遗忘（保留一年），使恢复备份时不会重新带回你的内容。被封禁的图片只保留指纹，不保留图片。
privacy-clips = 每个短片都标明由 AI 生成；文件中记录模型、种子、设置和提示词，不记录任何人。
privacy-where = 图片只在这台机器上处理，除你所用的聊天平台外不交给任何人。
privacy-rights = 你可以随时取得这一切的副本，或要求被遗忘。如果有人用你的图制作了短片，你可以删除它。
privacy-contact = 联系方式：{ $contact }
privacy-no-contact = 运行这个机器人的人没有说明如何联系。

### The command line

terminal-clip = { $path }（{ $width }×{ $height }，{ $kilobytes } kB）
terminal-no-sketch = 没有文件 { $path }。
terminal-own-sketch = { $path } 就是原图。请给短片换个名字。
terminal-no-face = 没有第 { $face } 张脸：这张图里只有 { $faces } 张。
terminal-ways = { $question }{ $ways ->
    [1] 要继续，请加上 { $flags }
   *[other] 要继续，请加上其中一个：{ $flags }
 }
command-line = { $reason }（用“{ $command } -h”查看用法）
animate-too-many = 这里同时进行的动画太多了，请等其中一个结束。
animate-no-model = 用哪个模型？请用 --model 指定文件夹，或设置 MODEL；“sketchlife download”可以下载。
animate-preview-model = 预览渲染器不需要 --model。
terminal-loading = 正在加载 { $model } …
run-already = 另一个机器人已在 { $path } 工作。请先停止它，或为这一个另设 DATA_DIR。
desk-case = { $id } · { $at } · { $home } 中 { $person } 的短片 · { $reports } 次举报
desk-no-reports = 没有等待决定的举报。
desk-block = { $kind ->
    [person] 用户
   *[picture] 图片
} { $value } · 自 { $at }
desk-no-blocks = 没有封禁任何人或图片。
desk-unblocked = 已解除对 { $value } 的封禁。
desk-not-blocked = 没有名为 { $value } 的封禁，或者有不止一个。“sketchlife blocks”会列出全部。
desk-nothing-shared = 还没有分享的短片。
migrate-done = 数据库已是最新。
download-progress = { $file } · { $done } / { $total } GB
download-done = { $model } 已就绪：EasyAnimate { $family }，{ $size }，位于 { $path }。使用方法：在 .env 中写入 MODEL={ $model }，然后用“sketchlife doctor”查看这台机器的速度。
download-away = { $reason } 已直接使用本机磁盘上的文件。
download-died = 下载无法启动；“make model”会安装所需的组件。
usage-line = { $outcome ->
    [delivered] 已完成
    [failed] 失败
    [cancelled] 已取消
   *[expired] 已过期
 } · 尝试 { $attempts } 次 · 等待 { $queued } 秒 · 绘制 { $rendered } 秒 · 编码 { $encoded } 秒 · 上传 { $uploaded } 秒
usage-size = { $kilobytes } kB
usage-none = 这段时间没有人请求短片。
usage-head = { $first } 至 { $last } 共请求 { $jobs } 个短片：{ $outcomes }。
usage-outcome = { $outcome ->
    [delivered] 已完成
    [failed] 失败
    [cancelled] 已取消
   *[expired] 等待太久
 } { $jobs } 个
usage-renderer = { $renderer }：{ $jobs } 个短片，绘制 { $seconds } 秒
usage-charged = 计入每日限额 { $seconds } 秒。
usage-waiting = 等待时间：中位数 { $middle } 秒，最长 { $longest } 秒。
chart-title-day = 每日绘制时间
chart-title-week = 每周绘制时间
chart-title-month = 每月绘制时间
chart-seconds = 秒
usage-not-yours = 只有管理这里的人才能查看这里的用量；全部用量只有运行机器人的人才能查看。
pause-until-what = { $value } 不是时刻。请写 22:30，或多长时间：90m、3h、2d，或 2030-01-31T08:00。
pause-over = 那个时刻已经过去了。
usage-since = { $value } 不是日期。请写 2030-01-31，或多久以前：12h、7d、2w。
doctor-setting = 设置
doctor-python = Python
doctor-disk = 可用磁盘
doctor-ffmpeg = ffmpeg
doctor-database = 数据库
doctor-gpu = GPU
doctor-driver = NVIDIA 驱动
doctor-model = 模型
doctor-plan = 显存方案
doctor-attention = 注意力内核
doctor-speed = 每段短片用时
doctor-clips-a-day = 每天可做短片
doctor-discord = Discord
doctor-telegram = Telegram
doctor-worker-eyes = 眼睛（找脸、测量、编码）
doctor-worker-preview = 预览绘制
doctor-worker-model = EasyAnimate 绘制
doctor-worker-safety = 图片分类器（SAFETY_MODEL）
doctor-safety-unusable = 分类器无法使用，没有它就不接收图片。{ $reason }
doctor-misspelt = 没有任何程序读取这个名称，应该是 { $meant }。
doctor-use-python = 请安装 Python 3.11 或 3.12。
doctor-free-disk = 低于 { $needed } GB 时不接受新任务。请腾出空间，或把 DATA_DIR 设到别的磁盘。
doctor-no-database = 数据库无法打开。请检查 DATABASE_URL；不设置时，数据库是 DATA_DIR 里的一个文件。
doctor-no-ffmpeg = ffmpeg 无法启动，没有它就做不出短片。请重新安装 imageio-ffmpeg，或把 IMAGEIO_FFMPEG_EXE 设为一个能运行的 ffmpeg。
doctor-no-gpu = 没有找到 NVIDIA 驱动；短片由 CPU 预览绘制。
doctor-no-model = 没有设置 MODEL；短片由 CPU 预览绘制。
doctor-no-gpu-for-model = 没有找到 NVIDIA 驱动：EasyAnimate 只能在 CPU 上运行，一段短片要好几个小时。
doctor-old-driver = 这里的 PyTorch 为 CUDA { $cuda } 构建，需要 { $needed } 或更新的驱动，而现在的驱动是 { $driver }。请更新驱动。
doctor-torch-for-cpu = 这里的 PyTorch 不带 CUDA，用不到 GPU。请安装 PyPI 上的版本：“make model”会装好。
doctor-not-measured = 这里还没有用 EasyAnimate 做过短片。做完第一段之后，这里会显示各尺寸的用时。
doctor-speed-measured = { $res }：{ $span }（根据 { $clips } 段短片测得）
doctor-speed-scaled = { $res }：{ $span }（由其他短片推算）
doctor-discord-alone = 机器人还不在任何服务器里：请用浏览器打开那个链接并选择一个服务器。
doctor-discord-missing = 请对下列服务器再打开一次那个链接，或者给那里的机器人身份组补上缺少的权限。{ $where }
doctor-discord-content = 现在就能用。如果要让整个频道的图片和回复里的图片也能动起来，请在开发者门户的 Bot 页面打开 Message Content Intent。
doctor-telegram-privacy = 现在就能用。要让它在群里看到提及和整个相册，请在 @BotFather 用 /setprivacy 关闭隐私模式，然后把它移出群再加回来。
doctor-set-token = 尚未设置：{ $path } 里的 { $variable }。

### Discord

discord-animate = 让一张人像素描活起来：六秒的短片里，它会眨眼、微笑
discord-menu-animate = 让它动起来
discord-option-image = 素描：正面、眼睛清楚的脸效果最好
discord-option-expression = 脸上做什么表情；auto 交给画面本身
discord-option-steps = 画得多仔细；60 会让每次眨眼的开始和结束更柔和
discord-option-res = 大小：768 最适合素描
discord-option-frames = 长度：49 帧是六秒
discord-option-cfg = 多严格地遵循提示词；线条松散的素描用 4.5
discord-option-mode = fast 快好几倍，结果略有不同
discord-option-style = fine、loose，或者 cartoon（大眼睛的儿童画）
discord-option-sampler = 眼皮的节奏；DPM++ 2M Karras 让开合更柔和
discord-option-loop = 最后回到第一张画面，循环播放不会跳
discord-option-prompt = 通常留空最好：画面就是一切
discord-option-negative = 不该出现的东西；留空就用默认值
discord-option-seed = 同样的种子和设置会得到同样的短片
discord-option-format = 文件的种类
discord-option-preset = 以某个名字保存的设置
discord-option-options = 用文字写的设置，例如 steps:60 res:768
discord-on-its-way = 在这里：
discord-cost = 约 { $cost } 秒
discord-cost-of = 约 { $cost } 秒（每天共 { $limit } 秒）
discord-cost-usual = 用普通设置做一个视频需要显卡时间{ $cost }。
discord-cost-as-it-is = 照现在的设置：显卡时间{ $cost }。
discord-command-animate = 动画
discord-command-queue = 队列
discord-command-history = 历史
discord-command-usage = 用量
discord-command-preset = 预设
discord-command-save = 保存
discord-command-list = 列表
discord-command-delete = 删除
discord-command-use = 使用
discord-command-help = 帮助
discord-command-me = 我的
discord-command-settings = 设置
discord-command-data = 数据
discord-command-forget = 忘记我
discord-command-privacy = 隐私
discord-command-gallery = 画廊
discord-command-top = 排行
discord-name-image = 图片
discord-name-options = 设置
discord-name-name = 名字
discord-name-of-place = 给所有人
discord-name-scope = 范围
discord-name-days = 天数
discord-name-csv = 表格
discord-name-period = 时间
discord-name-reset = 恢复
discord-language-en = English
discord-language-zh = 中文
discord-language-default = 默认
discord-notice-mention = 提及
discord-notice-direct = 私信
discord-notice-silent = 不通知
discord-no-auto-mentioned = 我没有找到频道。请输入 #，再从弹出的列表里选择频道；填“off”则全部取消。
discord-no-roles-mentioned = 我没有找到身份组。请输入 @，再从弹出的列表里选择身份组；填“off”则所有人都可以用。
discord-auto-unseen = 我还看不到这些频道里的图片：运营者需要在开发者门户的 Bot 页面打开 Message Content Intent，再重新启动我。
discord-brought-along = 我不是这里的成员。短片在一刻钟内做好就发到这里，否则私信给你；如果你关闭了私信，可以用 /历史（/history）找到。
discord-which-format = 想要哪种文件？
discord-reported = 谢谢。这个短片已经隐藏，会有人来决定怎么处理。
discord-form-prompt = 提示词
discord-form-style = 风格
discord-form-sampler = 采样器
discord-form-res = 大小
discord-form-options = 更多设置
discord-form-reason = 哪里不对？
discord-no-picture = 我没有看到图片。请在消息里附上素描并提到我，或者用 /动画（/animate）。
discord-reply-unseen = 我看不到你回复的那条消息里的图片。请打开那条消息的菜单，选“应用 > 让它动起来”。
discord-picture-elsewhere = 我只接受上传到 Discord 的图片。请直接附上文件。
discord-picture-not-loaded = 没能从 Discord 读取这张图片。请再发一次。
discord-not-permitted = 我不能在这个频道里回答。管理它的人需要允许我：{ $missing }。
discord-permission-view-channel = 查看频道
discord-permission-send-messages = 发送消息
discord-permission-send-messages-in-threads = 在子区内发送消息
discord-permission-add-reactions = 添加反应
discord-permission-attach-files = 附加文件
discord-permission-read-message-history = 阅读消息历史记录
discord-queue = 你的短片排到哪里了
discord-queue-empty = 你没有在排队的短片。
discord-history = 你的短片，可以再发一次
discord-post-again = 把其中一个发到这里
discord-posted-again = 已经在这里再发了一次。
discord-usage = 短片的用量
discord-usage-scope = 谁的：自己的、这个服务器的，或所有人的
discord-usage-days = 最近多少天；不填就是全部
discord-usage-csv = 另附表格
discord-scope-mine = 自己的
discord-scope-here = 这个服务器的
discord-scope-all = 所有人的
discord-help = 怎样的素描合适，我能做什么
discord-help-sketch = 给我一张人像素描，它会在六秒的短片里眨眼、微笑。好的素描五官位置正确、眼睛清楚、四周留白，没有浓重的光影和背景；画得好不好没关系。
discord-help-ways = 用 /动画（/animate）附上图片；或者发图片并提到我；或者在有图片的消息菜单里选“应用 > 让它动起来”；或者私信发给我。不需要提示词。
discord-help-settings = 设置都可以不填：{ $names }。例如：/动画 设置:步数:60 分辨率:768
discord-help-not = 我不能移动镜头，不能超过 49 帧，不能让一张图里的两个人都动，也不能让全身跳舞。
discord-privacy = 保存什么，保存多久
discord-me = 你的语言、通知和数据
discord-me-settings = 你的语言、怎样通知你，以及别人能不能用你的图片
discord-me-language = en 或 zh；default 跟随你的 Discord
discord-me-notice = 等了很久的短片怎样通知你
discord-me-opt-out = 开：别人不能用你的图片
discord-me-data = 你的全部数据的副本
discord-me-forget = 删除你的全部数据
discord-my-data = 你的全部数据：
discord-forget = 忘记我
discord-forget-sure = 你的一切都会删除：图片、短片、历史、预设、设置。无法撤销。
discord-preset = 以名字保存的设置
discord-preset-save = 用一个名字保存设置
discord-preset-list = 你在这里能用的名字
discord-preset-delete = 删除一个名字
discord-preset-use = 用保存的设置让素描动起来
discord-preset-name = 预设的名字
discord-preset-place = 给这里的所有人；只有管理这个服务器的人可以
discord-presets-own = 你的：{ $names }
discord-presets-place = 这个服务器的：{ $names }
discord-gallery = 在这里分享的短片
discord-gallery-top = 星最多的
discord-gallery-period = 本周、本月或全部时间
discord-gallery-empty = 这段时间没有人在这里分享。
discord-period-week = 本周
discord-period-month = 本月
discord-period-ever = 全部时间
discord-settings = 这个服务器的设置；不填选项就显示现状
discord-place-language = 公开卡片的语言：en 或 zh；default 跟随服务器
discord-place-pictures = 可以让谁的图片动起来
discord-place-gallery = 分享短片的频道；频道限成人，短片也就限成人
discord-place-moderators = 举报送到的频道
discord-place-auto = 在哪些频道里每张图片都会动起来：提及这些频道
discord-place-waiting = 每人最多排队几个
discord-place-gpu-seconds = 每人每天的显卡秒数
discord-place-roles = 谁可以用我：提及这些身份组
discord-place-label = “AI生成”小标识，如果运营者允许你决定
discord-place-words = 提示词里不能有的词，用逗号隔开
discord-place-pause = 开：这里不再接受新的图片
discord-place-reset = 恢复成最初的一项设置
discord-whose-own = 只有自己的
discord-whose-ask = 别人的，要作者同意
discord-whose-free = 任何人的
discord-token-wrong = Discord 不认识 DISCORD_TOKEN 里的令牌。请到开发者门户的 Bot > Reset Token 重新复制一个。

### Telegram

telegram-welcome = 发一张人像草图给我，它会在六秒的短片里眨眼、微笑。正面、眼睛清楚、周围留白的脸效果最好，不必画得多好。以文件发送，线条不会丢。设置可以写在说明里，比如 步数:60 分辨率:768。更多请看 /help。
telegram-help = 只要一张图，不需要提示词。在群里：把 /animate 写在图片说明里，或用它回复一张图片。设置都可以不写：{ $names }。我不会移动镜头，不做超过 49 帧，不画一张图里的两个人，也不让全身跳舞。
telegram-send-picture = 请回复这条消息并附上草图：正面、眼睛清楚的脸效果最好。以文件发送，线条不会丢。
telegram-send-picture-hint = 在这里附上草图
telegram-file-better = 小提示，只说一次：Telegram 会压缩照片。以文件发送，草图的线条保留得更多。
telegram-no-picture = 我在里面看不到图片。请以照片发送草图，或发送 PNG、JPEG 文件。
telegram-picture-not-loaded = 没能从 Telegram 取到这张图片，请再发一次。
telegram-which-format = 要哪种文件？
telegram-working = 请稍等 …
telegram-reported = 谢谢。这个短片已经隐藏，会有人来处理。
telegram-tweak = 点一项设置换成下一个值，然后重新渲染短片。
telegram-tweak-go = ▶ 渲染
telegram-menu-close = ✕ 关闭
telegram-report-why = 这个短片有什么问题？选择原因后即举报，短片会被隐藏。
telegram-report-consent = 画中人没有同意
telegram-report-copied = 图片不是本人的作品
telegram-report-harmful = 内容残忍、色情或有仇恨
telegram-report-other = 其他原因
telegram-unknown-command = 没有这个命令。有 { $commands }。
telegram-command-animate = 让人像草图动起来
telegram-command-queue = 你的短片排到哪里了
telegram-command-history = 你的短片
telegram-command-usage = 你的短片用了多少
telegram-command-preset = 给设置起名字
telegram-command-gallery = 本群最受欢迎的短片
telegram-command-help = 我会做什么
telegram-command-me = 你的语言、通知和数据
telegram-command-privacy = 保存什么、保存多久
telegram-command-settings = 本群的设置
telegram-queue-empty = 你没有正在进行的短片。
telegram-post-again = ↻ 加编号：把那个短片在这里再发一次。
telegram-gallery-empty = 这段时间里这里没有分享过短片。
telegram-forget = 忘记我
telegram-forget-sure = 你的图片、短片、提示词和设置会永远消失。确定吗？
telegram-me-how = 要改设置：/me 语言:en 通知:direct 退出:on。要一份自己的数据：/me data。要被忘记：/me forget。
telegram-presets-own = 你的：{ $names }
telegram-presets-place = 本群的：{ $names }
telegram-preset-how = 要保存：/preset save soft cfg:4.5（本群的：/preset here save …）。要使用：在图片说明里写 preset:soft。要删除：/preset delete soft。
telegram-settings-how = 要改设置：/settings 语言:zh 画廊:here 暂停:on。“here” 是本群；“default” 和 “off” 取消设置。
telegram-only-in-private = 这只给你自己看，请私聊我。
telegram-not-your-chat = 这里只能填你管理的群。“here” 就是本群。
telegram-token-wrong = Telegram 不认识 TELEGRAM_TOKEN 里的令牌。请从 @BotFather 重新复制。

### 网页

web-headline = 让草图活起来
web-lead = 放入一张人像草图，它会在六秒的短片里眨眼、微笑。不用提示词，不用调参数。
web-skip = 跳到内容
web-nav = 页面
web-nav-animate = 生成
web-nav-gallery = 画廊
web-nav-operate = 运营
web-nav-privacy = 隐私
web-drop = 把草图拖到这里，或者粘贴
web-choose = 选择文件
web-chosen = 你的草图
web-drop-hint = 正脸、眼睛清楚、周围留白的效果最好。不必画得很好。
web-animate = 开始生成
web-sending = 正在发送……
web-away = 连接断开了。一恢复，页面就会自动继续；短片不会丢失。
web-lost = 连不上网页。请再试一次。
web-auto = 自动
web-more-settings = 更多设置
web-preview-alone = 这台机器只在 CPU 上绘制预览。步数、引导强度、采样器、模式和提示词只对 EasyAnimate 有效，在这里不起作用。
web-field-expression = 表情
web-field-style = 画风
web-field-res = 尺寸
web-field-loop = 无缝循环
web-field-frames = 帧数
web-field-steps = 步数
web-field-cfg = 引导强度
web-field-sampler = 采样器
web-field-mode = 模式
web-field-seed = 种子
web-field-prompt = 提示词
web-field-negative = 反向提示词
web-hint-expression = “自动”由画面决定。
web-hint-style = 容易抖动的草图选“松散”，大眼睛选“卡通”。
web-hint-res = 草图最适合 768。
web-hint-loop = 最后回到第一张画面。
web-hint-frames = 49 帧是六秒。
web-hint-steps = 60 步眨眼更平滑。
web-hint-cfg = 多严格地遵循提示词；松散的草图用 4.5。
web-hint-sampler = 影响眼睑的节奏。
web-hint-mode = “快速”快好几倍，结果略有不同。
web-hint-seed = 种子和设置都相同，短片就相同。
web-hint-prompt = 通常留空最好：画面就是一切。
web-hint-negative = 不想出现的内容；留空就用默认值。
web-your-clips = 你的短片
web-clip = 短片
web-loop-play = 循环播放
web-curve = 表情曲线：短片中双眼睁开的程度和嘴角上扬的程度
web-curve-left-eye = 左眼
web-curve-right-eye = 右眼
web-curve-mouth = 嘴角
web-downloads = 下载
web-format-mp4 = MP4
web-format-gif = GIF
web-format-webp = WebP
web-format-apng = APNG
web-format-sheet = 精灵图
web-format-sheet-json = 精灵图的 JSON
web-tweak = 其他设置
web-render-anew = 重新生成
web-dismiss = 不用了
web-back = 返回
web-another = 再做一张草图
web-gallery-lead = 这里的短片都由作者同意展示，全部由 AI 生成。
web-gallery-empty = 这里还没有短片。点自己短片下面的“在网页上展示”，它就会出现在这里。
web-sort = 排序
web-newest = 最新
web-starred = 星最多
web-pages = 更多短片
web-newer = 较新
web-older = 较早
web-anonymous = 匿名作者
web-to-gallery = 去画廊
web-report-reason = 有什么问题？
web-reported = 谢谢。短片已经隐藏，会有人来处理。
web-sign-in = 登录
web-sign-in-first = 请先登录：可以请机器人的运营者发一个链接给你。
web-sign-in-how = 请打开运营者发给你的链接，或者用运营者令牌登录。
web-sign-in-wrong = 没有成功：令牌不对，或者链接已经过期。运营者可以再做一个新的。
web-invited = 你受邀使用这个网页。这里只用一个 cookie 来记住这件事。
web-token = 运营者令牌
web-signed-in = 已登录：{ $name }
web-sign-out = 退出登录
web-own-data = 你的数据
web-export = 全部带走
web-forget = 忘记我
web-forget-all = 保存的一切都会删除：图片、短片、历史、预设、设置。无法恢复。
web-forget-go = 永久忘记我
web-sorry = 没有成功
web-not-found = 这个地址什么也没有。
web-not-understood = 网页读不懂这个请求。请再试一次。
web-no-picture = 还没有选图片。请把草图拖到页面上、粘贴，或者选择文件。
web-too-often = 有点太频繁了。请 { $seconds } 秒后再试。
web-only-here = 这个网页只能在运行它的机器上打开。运营者可以用 WEB_LISTEN 和 WEB_URL 让别人也能访问。
web-other-site = 这个请求来自别的网页。
web-page-too-old = 这个页面打开太久了。请重新加载后再试。
web-queue = 队列
web-state = 状态
web-job = 任务
web-person = 用户
web-since = 开始时间
web-what-to-do = 操作
web-drop-job = 撤下
web-running = 正在生成
web-waiting = 排队中
web-ended-lately = 24 小时内结束
web-failed = 失败
web-reports = 举报
web-workers = 工作进程
web-gpu = 显卡
web-pause = 暂停
web-pause-for = 空出显卡
web-pause-hours = { $hours } 小时
web-pause-open = 直到我恢复
web-pause-at-once = 正在生成的也立即停下
web-resume = 恢复
web-outcome = 结果
web-seconds = 秒数
web-blocks = 已屏蔽
web-block = 屏蔽
web-unblock = 解除屏蔽
web-first-of = 共 { $all } 个，显示最前的 { $shown } 个。
web-last-of = 共 { $all } 个，显示最近的 { $shown } 个。
web-nothing-now = 目前没有。
web-preset = 预设
web-preset-none = 无
web-preset-hint = 以名字保存的设置。
web-preset-name = 把这些设置保存为
web-preset-keep = 保存
web-preset-drop = 删除 { $name }
web-language = 语言
web-operate-now = 现在
web-operate-usage = 用量
web-operate-people = 用户与群组
web-operate-parts = 本页各部分
web-failures = 失败的任务
web-retry = 重试
web-asked-again = 已再次请求
web-retry-why = 重试的短片会发到当初请求的地方。失败的没有计入用量；重试的按用户的一条短片计算。
web-places = 群组
web-people = 用户
web-place = 群组
web-people-lead = 最近 30 天生成过短片的用户，用得最多的排在前面。在这里的改动立即生效。
web-places-lead = 群组自己的管理员可以用 /settings（Discord 中文界面里是 /设置）调低这些限制，但不能调高。
web-limit-waiting = 同时排队数
web-limit-gpu = 每日显卡秒数
web-limit-of = { $name }：{ $limit }
web-limit-none = 不限
web-limit-clips = 短片
web-limit-today = 今日显卡秒数
web-save = 保存
web-open = 开放
web-paused = 已暂停
web-blocked = 已屏蔽
web-somebody = 其他用户
web-somebody-hint = 例如 discord:42、telegram:42 或 web:guest-Ada。留空就与所有人相同。
web-people-none = 最近 30 天没有人生成过短片。
web-places-none = 最近 30 天没有群组生成过短片。
web-period-week = 7 天
web-period-month = 30 天
web-period-year = 一年
web-usage-lead = 按 UTC 计日；最后一根还没有结束。
web-usage-highest = { $highest } { $unit }
trend-clips = 短片数
trend-drawing = 绘制用时
trend-waiting = 开始前的平均等待
trend-unit-clips = 个
trend-unit-minutes = 分钟
trend-unit-seconds = 秒
trend-delivered = 已送达
trend-failed = 失败
trend-taken-back = 取消或等待过久
trend-gpu = 显卡
trend-cpu = CPU
trend-waited = 开始绘制之前
retry-too-late = 没有可以重试的：它没有失败，或者已经什么都不剩了。
census-name = “{ $name }”既不是用户也不是群组。请写 discord:42 或 telegram:-1001234。
worker-role = { $role ->
    [eyes] 眼睛：读图、测量、编码
    [preview] 预览：在 CPU 上绘制
    [model] 模型：EasyAnimate
    [safety] 安全：检查不宜的内容
   *[other] { $role }
 }
worker-state = { $state ->
    [ready] 就绪
    [starting] 正在启动
    [broken] 无法启动
    [closed] 休息中
   *[other] { $state }
 }
worker-fact = { $fact ->
    [state] 状态
    [device] 设备
    [restarts] 重启次数
    [pid] 进程号
    [memory_mb] 内存（MB）
    [renderer] 渲染器
    [model] 模型
    [family] 系列
    [size] 规模
    [dtype] 权重精度
    [plan] 显存方案
    [attention] 注意力
    [mode] 模式
    [problem] 问题
    [classifier] 分类器
    [labels] 不宜的标准
    [c2pa] 内容凭证
   *[other] { $fact }
 }
web-address = 网页地址：{ $address }
web-how-to-operate = 要在网页上运营机器人，请用“sketchlife invite --operator”给出的链接登录。
web-port-taken = { $where } 已经被别的程序占用。请把 WEB_LISTEN 设为别的端口，例如 127.0.0.1:8090。
web-cannot-listen = 网页无法在 { $where }（WEB_LISTEN）上监听：{ $reason }
web-key-broken = { $path } 已损坏。请删除它：会生成新的，所有人都要重新登录。
web-invite-whom = 邀请谁？请写上名字：“sketchlife invite Ada”。
web-invitation = 给 { $name } 的登录链接，{ $days } 天内有效：
