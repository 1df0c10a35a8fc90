// The desk as it is now: what moves is fetched anew, except where somebody is at work in it.
"use strict";

const EVERY_MS = 5000;

async function renew() {
  if (document.hidden) return;
  let page;
  try {
    const answer = await fetch(location.href);
    if (!answer.ok || answer.redirected) return;
    page = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    return; // the next time may do
  }
  for (const part of document.querySelectorAll("[data-live]")) {
    const news = page.getElementById(part.id);
    if (news && !part.contains(document.activeElement)) put(news, part);
  }
}

// What was scrolled to stays in sight.
function put(news, part) {
  const places = [...part.querySelectorAll(".scroll")].map((one) => [one.scrollLeft, one.scrollTop]);
  part.replaceWith(news);
  news.querySelectorAll(".scroll").forEach((one, number) => one.scrollTo(...(places[number] || [0, 0])));
}

setInterval(renew, EVERY_MS);
