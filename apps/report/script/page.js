"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);

// Errors that the browser reports can be read from the page, which the tests do.
window.addEventListener("error", (event) => {
  document.documentElement.dataset.error = event.message ?? `cannot show ${event.target.alt}`;
}, true);
window.addEventListener("unhandledrejection", (event) => {
  document.documentElement.dataset.error = String(event.reason);
});

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key in made && key !== "list") made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

function vector(name, attributes = {}, text = "") {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== "") made.textContent = text;
  return made;
}

const decibel = (value) => value.toFixed(2);
const similarity = (value) => value.toFixed(3);
const signed = (value) => (value < 0 ? "−" : "+") + Math.abs(value).toFixed(2);
const count = (value) => value.toLocaleString("en");
const label = (method) => ({ nearest: "nearest", bilinear: "bilinear", bicubic: "bicubic",
  lanczos: "Lanczos", steep_bicubic: "steep bicubic", linear: "linear", cubic: "cubic", biharmonic: "biharmonic" })[method] ?? method;

function duration(seconds) {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const rest = String(whole % 60).padStart(2, "0");
  return whole < 3600 ? `${Math.floor(whole / 60)}:${rest} min`
    : `${Math.floor(whole / 3600)}:${String(Math.floor(whole / 60) % 60).padStart(2, "0")}:${rest} h`;
}
