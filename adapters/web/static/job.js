// A clip's page: its card as it changes, then the clip with its curve, and clips that move on a wall.
"use strict";

const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
const job = document.querySelector("article.job");
const live = document.getElementById("live");

const AGAIN_MS = 3000;
let events;

// A browser tries again by itself where nobody answers, but not where a proxy answers for us.
function follow(url) {
  const lost = document.getElementById("lost");
  events = new EventSource(url);
  events.addEventListener("open", () => (lost.hidden = true));
  events.addEventListener("error", () => {
    lost.hidden = false;
    if (events.readyState === EventSource.CLOSED) setTimeout(follow, AGAIN_MS, url);
  });
  events.addEventListener("card", (event) => renew(event.data));
  events.addEventListener("end", () => {
    events.close();
    location.reload();
  });
}
addEventListener("pagehide", () => events?.close());

function renew(html) {
  const focused = document.activeElement.dataset.action;
  live.innerHTML = html;
  const csrf = document.querySelector("meta[name=csrf]").content;
  for (const field of live.querySelectorAll("input[name=csrf]")) field.value = csrf;
  if (focused) live.querySelector(`[data-action="${focused}"]`)?.focus();
  const { title, preview } = live.firstElementChild.dataset;
  document.title = `${title} · Sketchlife`;
  const news = document.getElementById("news");
  if (news.textContent !== title) news.textContent = title;
  if (preview) change(document.getElementById("stage"), preview);
}

// Loaded before it is shown, so that nothing flickers.
function change(picture, url) {
  if (!picture || picture.dataset.coming === url) return;
  picture.dataset.coming = url;
  const next = new Image();
  next.onload = () => {
    if (picture.dataset.coming === url) picture.src = url;
  };
  next.src = url;
}

if (job?.dataset.events) follow(job.dataset.events);
// A page from the browser's memory does not know what happened since.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

const video = document.querySelector(".stage video");
if (video) {
  if (!still) video.play().catch(() => {});
  const loop = document.getElementById("loop");
  loop?.addEventListener("change", () => {
    video.loop = loop.checked;
    if (loop.checked && video.ended) video.play();
  });
  const curve = document.getElementById("curve");
  if (curve) lead(curve, document.getElementById("playhead"));
}

function lead(curve, playhead) {
  const width = curve.viewBox.baseVal.width;
  const move = () => {
    const x = video.duration ? (video.currentTime / video.duration) * width : 0;
    playhead.setAttribute("x1", x);
    playhead.setAttribute("x2", x);
    requestAnimationFrame(move);
  };
  move();
  curve.addEventListener("click", (event) => {
    const box = curve.getBoundingClientRect();
    video.currentTime = ((event.clientX - box.left) / box.width) * video.duration;
  });
}

for (const peek of document.querySelectorAll("video.peek")) {
  const link = peek.closest("a");
  const play = () => still || peek.play().catch(() => {});
  for (const begin of ["mouseenter", "focus"]) link.addEventListener(begin, play);
  for (const end of ["mouseleave", "blur"]) link.addEventListener(end, () => peek.pause());
}
