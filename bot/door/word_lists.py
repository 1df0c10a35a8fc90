"""What no prompt of ours may ask for: a small start in English and Chinese, kept sober.

Words that mean something else too (a cock, Dick, Al Gore, a minor change) are left out on purpose:
who runs the bot and who looks after a place can add their own, and clips can be reported.
"""

from __future__ import annotations

SEXUAL = (
    "porn, porno, pornographic, pornography, nsfw, hentai, nude, nudes, nudity, naked, "
    "topless, undress, undressing, undressed, striptease, erotic, erotica, sex, sexual, sexually, "
    "orgasm, masturbate, masturbates, masturbating, masturbation, blowjob, blow job, handjob, "
    "cumshot, creampie, gangbang, bukkake, penis, vagina, pussy, tits, boobs, nipples, genitals, "
    "fuck, fucks, fucked, fucking, rape, raped, raping, lolicon, shotacon, "
    "色情, 裸体, 裸體, 裸照, 裸露, 全裸, 半裸, 赤裸, 脱光, 脫光, 脱衣, 脫衣, 做爱, 做愛, 性爱, "
    "性愛, 性交, 性高潮, 口交, 肛交, 乳交, 手淫, 自慰, 阴茎, 陰莖, 阴道, 陰道, 淫荡, 淫蕩, 淫秽, "
    "淫穢, 强奸, 強姦, 轮奸, 輪姦, 乱伦, 亂倫, 黄片, 黃片, 炼铜"
)
GORE = (
    "gory, behead, beheaded, beheading, decapitate, decapitated, decapitation, dismember, "
    "dismembered, dismemberment, disembowel, disemboweled, disembowelled, mutilate, mutilated, "
    "mutilation, "
    "斩首, 斬首, 砍头, 砍頭, 肢解, 分尸, 分屍, 碎尸, 碎屍, 血腥, 开膛, 開膛, 凌迟, 凌遲"
)
HATE = (
    "heil hitler, sieg heil, nigger, niggers, faggot, faggots, kike, kikes, "
    "gas the jews, "
    "纳粹万岁, 納粹萬歲, 希特勒万岁, 希特勒萬歲, 种族灭绝, 種族滅絕"
)
MINORS = (
    "child, children, kid, kids, toddler, toddlers, preteen, preteens, underage, teen, teens, "
    "teenage, teenager, teenagers, minors, schoolgirl, schoolgirls, schoolboy, schoolboys, "
    "little girl, little girls, little boy, little boys, young girl, young girls, young boy, "
    "young boys, loli, lolis, lolicon, shota, shotacon, "
    "儿童, 兒童, 小孩, 孩童, 幼童, 幼女, 幼儿, 幼兒, 女童, 男童, 婴儿, 嬰兒, 萝莉, 蘿莉, 正太, "
    "未成年, 小学生, 小學生, 初中生, 中学生, 中學生, 小女孩, 小男孩, 炼铜"
)


def listed(words: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in words.split(",") if word.strip())
