// Settings by a name: choosing one fills the fields of its form in, which alone are sent then.
"use strict";

document.addEventListener("change", async (event) => {
  if (event.target.id !== "set-preset" || !event.target.value) return;
  const { form, value: chosen } = event.target;
  const headers = { Accept: "application/json" };
  const answer = await fetch(`/presets/${encodeURIComponent(chosen)}`, { headers });
  if (!answer.ok) return;
  for (const [name, value] of Object.entries(await answer.json())) {
    const field = form.elements[name];
    if (field.type === "checkbox") field.checked = value === "on";
    else field.value = value;
  }
  form.dispatchEvent(new Event("change"));
});

function sendFieldsAlone() {
  document.getElementById("set-preset")?.removeAttribute("name");
}
sendFieldsAlone();
