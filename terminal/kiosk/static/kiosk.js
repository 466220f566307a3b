"use strict";
// Shows what the kiosk says on /events. Nothing is decided here, and every text is set as text.

const SILENT_AFTER_MS = 4000; // the kiosk speaks at least once a second
const PREVIEW_EVERY_MS = 100;

const part = (id) => document.getElementById(id);
let view = null;
let clock = null; // {ahead_ms, zone}: what to add to this browser's own steady clock
let language = null;
let heard_ms = performance.now();

function say(id, text) {
  if (part(id).textContent !== text) part(id).textContent = text;
}

function draw() {
  const silent = performance.now() - heard_ms > SILENT_AFTER_MS;
  if (!view) return;
  const words = view.words[language];
  const tone = silent ? "fault" : view.tone;
  const said = silent ? words.silent : words;
  document.documentElement.lang = language;
  document.body.dataset.tone = tone;
  document.body.dataset.late = String(tone === "yes" && !view.punctual);
  part("notice").hidden = tone === "idle";
  for (const name of ["headline", "stamp", "detail", "remark"]) say(name, said[name]);
  say("invitation", tone === "idle" ? words.headline : "");
  say("office", view.office);
  say("direction", words.direction);
  part("direction").dataset.direction = view.direction;
  say("window", words.window);
  say("offline", words.offline || "");
  part("offline").hidden = !words.offline;
  say("language", language === "id" ? "EN" : "ID");
}

function tick() {
  if (clock) {
    const now = new Date(performance.now() + clock.ahead_ms);
    say("time", now.toISOString().slice(11, 19));
    say("zone", clock.zone);
  }
  draw();
}

function listen() {
  const events = new EventSource("/events");
  events.addEventListener("view", (event) => {
    heard_ms = performance.now();
    view = JSON.parse(event.data);
    language = language || view.language;
    draw();
  });
  events.addEventListener("time", (event) => {
    const time = JSON.parse(event.data);
    clock = { ahead_ms: time.utc_ms + time.offset_ms - performance.now(), zone: time.zone };
    tick();
  });
  events.onerror = () => {
    if (events.readyState === EventSource.CLOSED) setTimeout(listen, 1000);
  };
}

function preview() {
  const image = part("preview");
  const next = () => setTimeout(preview, PREVIEW_EVERY_MS);
  if (!view || !view.seeing) {
    image.hidden = true;
    next();
    return;
  }
  image.onload = () => { image.hidden = false; next(); };
  image.onerror = () => { image.hidden = true; next(); };
  image.src = "/preview.jpg?" + Date.now();
}

part("language").addEventListener("click", () => {
  language = language === "id" ? "en" : "id";
  draw();
});
setInterval(tick, 200);
listen();
preview();
