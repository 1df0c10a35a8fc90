### 机器出的问题

error-machine = 我们这边出了点问题，已经记录下来。请再试一次。
error-worker = 绘制程序在做这个视频时连续三次中断了。请换一张图片，或者稍后再试。
error-render = 这张图片没能动起来。请再试一次，或者换一张图片。
error-encode = 视频已经画好，但没能保存成文件。请再试一次。
error-media = 这个视频的文件已经不在了，或者无法写入。请重新发送图片。
error-store = 暂时读不到任务列表。请过一分钟再试。
error-messenger = 暂时连不上聊天平台，会自动重试。
error-too-large = 这里最多能发 { NUMBER($limit_bytes, useGrouping: 0) } 字节的文件，这个视频放不下。
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

### 解读“步数:60 分辨率:768”

option-unknown = 没有叫“{ $name }”的设置。可以用的有：{ $names }。
option-unknown-near = 没有叫“{ $name }”的设置。你是想写“{ $nearest }”吗？
option-twice = { parameter }写了两次，请只写一次。
option-no-value = { parameter }没有填值。请像这样写：{ $example }
option-words-left = 我不明白“{ $words }”是什么意思。设置要写成 步数:60 分辨率:768，带空格的文字加上引号：提示词:"gentle smile"。
option-quote-open = 有一个引号没有闭合：{ $words }

### 运营者的设置

settings-number = { $variable } 现在是“{ $value }”，必须是 { NUMBER($low, useGrouping: 0) } 到 { NUMBER($high, useGrouping: 0) } 的数字。
settings-whole = { $variable } 现在是“{ $value }”，必须是 { NUMBER($low, useGrouping: 0) } 到 { NUMBER($high, useGrouping: 0) } 的整数。
settings-switch = { $variable } 现在是“{ $value }”，必须是 on 或 off。
settings-choice = { $variable } 现在是“{ $value }”，必须是以下之一：{ $allowed }。
settings-wrong = { $variable } 现在是“{ $value }”，无法使用：{ $reason }。
settings-lease-short = LEASE_S 是 { NUMBER($lease) }，HEARTBEAT_S 是 { NUMBER($heartbeat) }。LEASE_S 至少要是它的三倍。

### 限制

limit-disk-full = 磁盘快满了，暂时不能接收新图片。请稍后再试。
