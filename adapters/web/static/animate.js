// The front page: a sketch may be dropped anywhere or pasted, and is seen before it is sent.
"use strict";

const form = document.getElementById("animate");
const drop = document.getElementById("drop");
const input = document.getElementById("sketch");
const chosen = document.getElementById("chosen");
const error = document.getElementById("error");
const go = document.getElementById("go");
const label = go.textContent;
const choosing = drop.querySelector(".button");
const choose = choosing.textContent;

function show() {
  const file = input.files[0];
  error.textContent = "";
  choosing.textContent = choose;
  if (chosen.src) URL.revokeObjectURL(chosen.src);
  drop.classList.toggle("full", Boolean(file));
  chosen.hidden = !file;
  if (!file) return;
  chosen.src = URL.createObjectURL(file);
  if (file.size > form.dataset.limit * 1e6) error.textContent = form.dataset.tooHeavy;
}

function take(files) {
  const picture = [...files].find((file) => file.type.startsWith("image/")) || files[0];
  if (!picture) return false;
  const held = new DataTransfer();
  held.items.add(picture);
  input.files = held.files;
  show();
  return true;
}

input.addEventListener("change", show);
document.addEventListener("paste", (event) => {
  if (event.clipboardData.files.length && take(event.clipboardData.files)) event.preventDefault();
});
document.addEventListener("dragover", (event) => {
  event.preventDefault();
  drop.classList.add("over");
});
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) drop.classList.remove("over");
});
document.addEventListener("drop", (event) => {
  event.preventDefault();
  drop.classList.remove("over");
  take(event.dataTransfer.files);
});

// A format that the browser can't show is still one that the eyes may read: then its name is seen.
chosen.addEventListener("error", () => {
  choosing.textContent = input.files[0].name;
  chosen.hidden = true;
  drop.classList.remove("full");
});

function busy(is) {
  go.setAttribute("aria-busy", String(is));
  go.disabled = is;
  go.textContent = is ? form.dataset.sending : label;
}

// Sent from here, so that a picture that is refused for its settings need not be chosen again.
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (go.disabled) return;
  if (input.files[0].size > form.dataset.limit * 1e6) return;
  error.textContent = "";
  busy(true);
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: new FormData(form),
      headers: { Accept: "application/json" },
    });
    const told = await answer.json();
    if (told.location) {
      location.assign(told.location);
      return;
    }
    error.textContent = told.error;
  } catch {
    error.textContent = form.dataset.lost;
  }
  busy(false);
});

// Coming back here finds the form as it was left, ready to be sent once more.
addEventListener("pageshow", () => {
  busy(false);
  if (input.files.length) show();
});

// Settings are kept under a name, and dropped, while the picture stays chosen.
const panel = form.querySelector(".panel");

panel.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-preset]");
  if (!button) return;
  event.preventDefault();
  const settings = new FormData(form, button);
  settings.delete("sketch");
  const headers = { Accept: "application/json" };
  try {
    const answer = await fetch(button.formAction, { method: "POST", body: settings, headers });
    const told = await answer.json();
    error.textContent = told.error || "";
    if (told.html) renewPresets(told.html);
  } catch {
    error.textContent = form.dataset.lost;
  }
});

panel.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.target.id !== "keep") return;
  event.preventDefault();
  panel.querySelector("[formaction='/presets']").click();
});

function renewPresets(html) {
  const news = new DOMParser().parseFromString(html, "text/html");
  for (const id of ["preset-choice", "preset-keeping"]) {
    document.getElementById(id).replaceWith(news.getElementById(id));
  }
  document.getElementById("preset-keeping").open = true;
  form.elements.keep.focus();
  sendFieldsAlone();
}

let asking;
form.addEventListener("change", (event) => {
  if (event.target.id === "set-preset") return; // it changes the fields first
  clearTimeout(asking);
  asking = setTimeout(async () => {
    const settings = new FormData(form);
    for (const name of ["sketch", "csrf", "prompt", "negative", "keep"]) settings.delete(name);
    try {
      const answer = await fetch(`/quote?${new URLSearchParams(settings)}`);
      if (answer.ok) document.getElementById("quote").textContent = await answer.text();
    } catch {
      // the quote is a courtesy
    }
  }, 150);
});
