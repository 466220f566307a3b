"use strict";
// Asks the centre for the board every few seconds and draws it. Everything from outside is set as text.

const EVERY_MS = 3000;
const STATES = { online: "online", offline: "offline", not_equipped: "belum ada alat" };
const DIRECTIONS = { in: "MASUK", out: "PULANG" };
const FLAGS = { clock_not_synchronised: "jam terminal belum sinkron", outside_window: "di luar jam absen" };

const part = (id) => document.getElementById(id);
let chosen = null; // id of the office whose recap is shown

function cell(text, kind) {
  const td = document.createElement("td");
  td.textContent = text;
  if (kind) td.className = kind;
  return td;
}

function row(...cells) {
  const tr = document.createElement("tr");
  tr.append(...cells);
  return tr;
}

function number(value, kind) {
  return cell(value, value ? "number " + (kind || "") : "number zero");
}

function ago(seconds) {
  if (seconds < 90) return seconds + " detik lalu";
  if (seconds < 5400) return Math.round(seconds / 60) + " menit lalu";
  if (seconds < 129600) return Math.round(seconds / 3600) + " jam lalu";
  return Math.round(seconds / 86400) + " hari lalu";
}

function officeRow(office) {
  const name = document.createElement("button");
  name.type = "button";
  name.textContent = office.name;
  name.addEventListener("click", () => { chosen = office.id; refresh(); });
  const first = cell("");
  const agency = document.createElement("small");
  agency.textContent = " " + office.opd + (office.listed ? "" : " (tidak terdaftar)");
  first.append(name, agency);
  const heard = office.terminals.map((terminal) => {
    const trouble = office.terminals.length > 1 && terminal.presence === "offline" ? ", offline" : "";
    const pending = terminal.pending ? ", " + terminal.pending + " menunggu" : "";
    return terminal.terminal + ": " + ago(terminal.silent_s) + trouble + pending;
  });
  const silent = office.presence === "offline" ? "belum pernah terdengar" : "-";
  const tr = row(
    first,
    cell(STATES[office.presence], "state " + office.presence),
    number(office.present),
    number(office.late, "late"),
    cell(heard.join("; ") || silent, "quiet"),
  );
  tr.classList.toggle("chosen", office.id === chosen);
  return tr;
}

function recapRow(one) {
  return row(
    cell(one.person),
    cell(one.first_in || "-"),
    cell(one.last_out || "-"),
    number(one.late_minutes, "late"),
    number(one.early_minutes, "late"),
    number(one.repeats),
    cell(one.flags.map((flag) => FLAGS[flag]).join(", "), "remark"),
  );
}

function latestRow(one) {
  const remarks = [];
  if (one.is_repeat) remarks.push("ulang");
  else if (one.late_minutes) remarks.push("terlambat " + one.late_minutes + " menit");
  else if (one.early_minutes) remarks.push(one.early_minutes + " menit lebih awal");
  if (!one.inside_window) remarks.push(FLAGS.outside_window);
  if (!one.clock_synchronised) remarks.push(FLAGS.clock_not_synchronised);
  return row(
    cell(one.time),
    cell(one.office),
    cell(one.person),
    cell(DIRECTIONS[one.direction]),
    cell(remarks.join(", "), one.is_repeat ? "quiet" : "remark"),
  );
}

async function ask(path) {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(answer.status + " " + path);
  return answer.json();
}

function troubles(board) {
  const said = [];
  if (!board.connected) said.push("Tidak terhubung ke broker: catatan baru belum sampai.");
  if (board.trouble) said.push("Tidak dapat menyimpan: " + board.trouble);
  if (board.conflicts) said.push(board.conflicts + " catatan bertentangan dengan yang sudah tersimpan.");
  if (board.quarantined) said.push(board.quarantined + " pesan tidak terbaca, dikarantina.");
  return said.join(" ");
}

function tell(trouble) {
  part("trouble").textContent = trouble;
  part("trouble").hidden = !trouble;
}

async function refresh() {
  try {
    const board = await ask("/api/board");
    if (chosen === null && board.offices.length) chosen = board.offices[0].id;
    const office = board.offices.find((one) => one.id === chosen);
    const query = office && new URLSearchParams({ office: office.id, day: office.day });
    const recap = query ? await ask("/api/recap?" + query) : [];
    part("offices").replaceChildren(...board.offices.map(officeRow));
    part("latest").replaceChildren(...board.latest.map(latestRow));
    part("recap").replaceChildren(...recap.map(recapRow));
    part("nobody").hidden = recap.length > 0;
    part("which").textContent = office ? office.name + ", " + office.day + " " + office.zone : "";
    part("condition").textContent = board.records + " catatan tersimpan";
    tell(troubles(board));
  } catch (error) {
    tell("Pusat tidak menjawab. Yang terlihat mungkin sudah lama. (" + error.message + ")");
  }
}

refresh();
setInterval(refresh, EVERY_MS);
