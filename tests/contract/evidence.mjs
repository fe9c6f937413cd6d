// A stranger's check of the evidence, written from docs/guides/evidence.md alone.
//
//   node evidence.mjs receipt FILE… --key KEY [--witness KEY]… [--quorum N]
//   node evidence.mjs certificate FILE… --key KEY [--witness KEY]… [--quorum N]
//   node evidence.mjs growth FILE… --key KEY [--kept FILE]
//   node evidence.mjs log FOLDER… --key KEY [--witness KEY]… [--quorum N] [--kept FILE]…
//
// A FOLDER is a copy of what stands under /ledger/. Each FILE or FOLDER gets a line: `ok` and what was
// proven, or `no` and why not. Exit code 1 if there is a `no`, 2 for a wrong command.

import { createHash, createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";

class No extends Error {}

const TILE = 256;
const MOST = 65_536;

function demand(holds, why) {
  if (!holds) throw new No(why);
}

function tried(make, why) {
  try {
    return make();
  } catch {
    throw new No(why);
  }
}

function spelled(value) {
  if (Array.isArray(value)) return `[${value.map(spelled).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${spelled(value[name])}`).join(",")}}`;
}

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const utf8 = (octets) => tried(() => UTF8.decode(octets), "not UTF-8");

function json(text) {
  const value = tried(() => JSON.parse(text), "no JSON");
  demand(spelled(value) === text, "JSON in another spelling");
  return value;
}

function hex(text, bytes) {
  demand(typeof text === "string" && /^[0-9a-f]*$/.test(text), "no hex");
  demand(text.length === 2 * bytes, "hex of another length");
  return Buffer.from(text, "hex");
}

function base64(text) {
  const octets = Buffer.from(text, "base64");
  demand(octets.toString("base64") === text, "Base64 in another spelling");
  return octets;
}

function digits(text) {
  demand(/^(0|[1-9][0-9]*)$/.test(text), "no number");
  const value = Number(text);
  demand(Number.isSafeInteger(value), "a number too large");
  return value;
}

function named(value, ...names) {
  const is = value !== null && typeof value === "object" && !Array.isArray(value);
  demand(is && `${Object.keys(value).sort()}` === `${names.sort()}`, "other names than told");
  return value;
}

const sha256 = (...parts) => parts.reduce((all, one) => all.update(one), createHash("sha256")).digest();
const leafHash = (leaf) => sha256(Buffer.of(0), leaf);
const joined = (left, right) => sha256(Buffer.of(1), left, right);

function root(hashes) {
  if (hashes.length === 0) return sha256();
  if (hashes.length === 1) return hashes[0];
  let left = 1;
  while (left * 2 < hashes.length) left *= 2;
  return joined(root(hashes.slice(0, left)), root(hashes.slice(left)));
}

const half = (number) => Math.floor(number / 2);

function included(leaf, index, size, proof) {
  demand(index < size, "a place outside the tree");
  let [i, n, hash] = [index, size - 1, leaf];
  for (const part of proof) {
    demand(n !== 0, "a path too long");
    if (i % 2 === 1 || i === n) {
      hash = joined(part, hash);
      while (i % 2 === 0 && i !== 0) [i, n] = [half(i), half(n)];
    } else hash = joined(hash, part);
    [i, n] = [half(i), half(n)];
  }
  demand(n === 0, "a path too short");
  return hash;
}

function grown(old, now, given) {
  demand(old.size <= now.size, "it has shrunk");
  if (old.size === now.size) {
    demand(given.length === 0 && old.root.equals(now.root), "another tree of the same size");
    return;
  }
  demand(old.size > 0, "a checkpoint of nothing");
  const power = (BigInt(old.size) & BigInt(old.size - 1)) === 0n;
  demand(given.length > 0, "no proof");
  const [first, ...rest] = power ? [old.root, ...given] : given;
  let [i, n, before, after] = [old.size - 1, now.size - 1, first, first];
  while (i % 2 === 1) [i, n] = [half(i), half(n)];
  for (const part of rest) {
    demand(n !== 0, "a proof too long");
    if (i % 2 === 1 || i === n) {
      [before, after] = [joined(part, before), joined(part, after)];
      while (i % 2 === 0 && i !== 0) [i, n] = [half(i), half(n)];
    } else after = joined(after, part);
    [i, n] = [half(i), half(n)];
  }
  demand(n === 0, "a proof too short");
  demand(before.equals(old.root) && after.equals(now.root), "the log has not grown from there");
}

const ED25519 = [Buffer.from("302a300506032b6570032100", "hex"), 32, 64];
const SPKI = {
  1: ED25519,
  4: ED25519,
  6: [Buffer.from("30820532300b06096086480165030403110382052100", "hex"), 1312, 2420],
};

function key(line, ...types) {
  const [, name, hint, octets] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(line) ?? [];
  demand(name, "no verifier key");
  const body = base64(octets);
  const type = body[0];
  demand(types.includes(type), "a key of another type");
  demand(body.length === 1 + SPKI[type][1], "a key of another length");
  const head = sha256(name, "\n", body).subarray(0, 4);
  demand(head.toString("hex") === hint, "a hint of another key");
  return { line, name, type, head, octets: body.subarray(1) };
}

function signed(by, told, signature) {
  const [head, , length] = SPKI[by.type];
  demand(signature.length === length, "a signature of another length");
  const der = { key: Buffer.concat([head, by.octets]), format: "der", type: "spki" };
  const why = by.type === 6 ? "this Node cannot check ML-DSA-44" : "no public key";
  const open = tried(() => createPublicKey(der), why);
  demand(verify(null, told, open, signature), "a signature that does not hold");
}

function note(text) {
  const gap = text.lastIndexOf("\n\n");
  demand(gap > 0 && text.endsWith("\n"), "no signed note");
  const lines = text.slice(gap + 2, -1).split("\n");
  return { text: text.slice(0, gap + 1), lines: lines.map(signatureLine) };
}

function signatureLine(line) {
  const [, name, octets] = /^— ([^\s+]+) ([A-Za-z0-9+/=]+)$/.exec(line) ?? [];
  demand(name, "no signature line");
  const body = base64(octets);
  demand(body.length > 4, "an empty signature");
  return { name, head: body.subarray(0, 4), signature: body.subarray(4) };
}

const isBy = (line, by) => line.name === by.name && line.head.equals(by.head);
const counted = (text) => Buffer.concat([Buffer.of(Buffer.byteLength(text)), Buffer.from(text)]);
const long = (number) => Buffer.from(number.toString(16).padStart(16, "0"), "hex");

function said(text) {
  const lines = text.split("\n");
  demand(lines.length >= 4, "no checkpoint");
  const [origin, size, top] = lines;
  const hash = base64(top);
  demand(hash.length === 32, "a root of another length");
  return { origin, size: digits(size), root: hash };
}

function ofLog({ text, lines }, log) {
  const line = lines.find((one) => isBy(one, log));
  demand(line, "the log has not signed it");
  signed(log, Buffer.from(text), line.signature);
  const checkpoint = said(text);
  demand(checkpoint.origin === log.name, "a checkpoint of another log");
  return checkpoint;
}

function ofWitness({ text }, line, by) {
  const [time, signature] = [line.signature.subarray(0, 8), line.signature.subarray(8)];
  demand(time.length === 8, "a signature without a time");
  const seconds = time.readBigUInt64BE();
  let told = Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`);
  if (by.type === 6) {
    const { origin, size, root: top } = said(text);
    const head = [Buffer.from("subtree/v1\n\0"), counted(by.name), time];
    told = Buffer.concat([...head, counted(origin), long(0), long(size), top]);
  }
  signed(by, told, signature);
  return { name: by.name, at: Number(seconds) };
}

const HEAD = "c2sp.org/tlog-proof@v1\n";

function ofProof(text) {
  const gap = text.indexOf("\n\n");
  demand(gap > 0, "no tlog-proof");
  const [extra, index, ...path] = text.slice(HEAD.length, gap).split("\n");
  demand(extra.startsWith("extra ") && index?.startsWith("index "), "no tlog-proof");
  return {
    ...json(utf8(base64(extra.slice(6)))),
    index: digits(index.slice(6)),
    proof: path.map((part) => base64(part).toString("hex")),
    checkpoint: text.slice(gap + 2),
  };
}

function read(octets) {
  demand(octets.length <= MOST, "too long for a receipt");
  const text = utf8(octets);
  const found = text.startsWith(HEAD) ? ofProof(text) : json(text);
  const names = ["checkpoint", "index", "leaf", "opening", "proof", "v", "verifier"];
  if (found !== null && typeof found === "object" && "witnesses" in found) names.push("witnesses");
  named(found, ...names);
  demand(found.v === 1, "another version");
  demand(typeof found.checkpoint === "string" && typeof found.verifier === "string", "no text");
  demand(Number.isSafeInteger(found.index) && found.index >= 0, "no place");
  demand(Array.isArray(found.proof), "no path");
  const witnesses = found.witnesses ?? [];
  demand(Array.isArray(witnesses) && new Set(witnesses).size === witnesses.length, "a witness twice");
  demand(witnesses.length > 0 || !("witnesses" in found), "an empty list of witnesses");
  return { ...found, witnesses };
}

function checkedLeaf(leaf) {
  named(leaf, "at", "commitment", "id", "kind", "v");
  demand(leaf.v === 1, "another version");
  hex(leaf.commitment, 32);
  demand(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$/.test(leaf.at), "no moment");
  demand(/^[0-9A-HJKMNP-TV-Z]{26}$/.test(leaf.id), "no id");
  demand(/^[a-z0-9]+([.-][a-z0-9]+)*$/.test(leaf.kind), "no kind");
  return Buffer.from(spelled(leaf));
}

function checkedOpening(opening, leaf) {
  if (opening === null) return;
  const { facts, salt, subject } = named(opening, "facts", "salt", "subject");
  const told = spelled({ facts, subject });
  const commitment = sha256(hex(salt, 32), told).toString("hex");
  demand(commitment === leaf.commitment, "an opening of another leaf");
}

function receipt(file, { log, trusted, quorum }) {
  const found = read(readFileSync(file));
  demand(found.verifier === log.line, "another log's key");
  const signedNote = note(found.checkpoint);
  demand(isBy(signedNote.lines[0], log), "the log has not signed first");
  const checkpoint = ofLog(signedNote, log);
  demand(signedNote.lines.length === 1 + found.witnesses.length, "a line too many or too few");
  const witnesses = found.witnesses.map((line, at) => {
    const [by, given] = [key(line, 4, 6), signedNote.lines[1 + at]];
    demand(isBy(given, by), "a line of another witness");
    return ofWitness(signedNote, given, by);
  });
  const known = trusted.filter((by) => found.witnesses.includes(by.line));
  demand(known.length >= quorum, "too few witnesses that you trust");
  const leaf = checkedLeaf(found.leaf);
  checkedOpening(found.opening, found.leaf);
  const path = found.proof.map((part) => hex(part, 32));
  const top = included(leafHash(leaf), found.index, checkpoint.size, path);
  demand(top.equals(checkpoint.root), "the leaf is not in this tree");
  const { opening, index, leaf: { kind, at } } = found;
  return { kind, at, index, size: checkpoint.size, opening, witnesses };
}

const CAUSES = ["erased", "expired", "retired", "replayed", "restricted", "resealed"];

function certificate(file, pins) {
  const { kind, at, opening } = receipt(file, pins);
  demand(kind === "keys.destroyed", "no certificate, but a receipt of another kind");
  demand(opening !== null, "without its opening it does not say which key");
  demand(opening.subject === null, "a certificate names nobody");
  const { key: id, cause } = named(opening.facts, "cause", "class", "custody", "key", "suite");
  demand(/^[0-9A-HJKMNP-TV-Z]{26}$/.test(id) && CAUSES.includes(cause), "no key or no cause");
  return { key: id, cause, at, moved: ["restricted", "resealed"].includes(cause) };
}

function growth(file, { log, kept }) {
  const found = named(json(utf8(readFileSync(file))), "new", "old", "proof", "verifier");
  demand(found.verifier === log.line, "another log's key");
  const [old, now] = [ofLog(note(found.old), log), ofLog(note(found.new), log)];
  for (const one of kept) {
    demand(one.size === old.size && one.root.equals(old.root), "not from the checkpoint you kept");
  }
  demand(Array.isArray(found.proof), "no proof");
  grown(old, now, found.proof.map((part) => hex(part, 32)));
  return { old: old.size, new: now.size };
}

function place(number) {
  const threes = [];
  for (let rest = number; threes.length === 0 || rest > 0; rest = Math.floor(rest / 1000)) {
    threes.unshift(String(rest % 1000).padStart(3, "0"));
  }
  return threes.map((three, at) => (at < threes.length - 1 ? `x${three}` : three)).join("/");
}

function tiles(folder, level, count) {
  const found = [];
  for (let number = 0; number * TILE < count; number += 1) {
    const width = Math.min(TILE, count - number * TILE);
    const name = place(number) + (width < TILE ? `.p/${width}` : "");
    const octets = readFileSync(join(folder, "tile", String(level), name));
    found.push({ name: `${level}/${name}`, width, octets });
  }
  return found;
}

function leaves({ name, width, octets }) {
  const found = [];
  let at = 0;
  while (at + 2 <= octets.length) {
    const end = at + 2 + octets.readUInt16BE(at);
    found.push(octets.subarray(at + 2, end));
    at = end;
  }
  demand(at === octets.length && found.length === width, `${name}: not ${width} leaves`);
  for (const leaf of found) checkedLeaf(json(utf8(leaf)));
  return found.map(leafHash);
}

function above(level, folder, below) {
  const told = Buffer.concat(below);
  for (const [number, { name, octets }] of tiles(folder, level, below.length).entries()) {
    const wanted = told.subarray(number * TILE * 32, (number + 1) * TILE * 32);
    demand(octets.equals(wanted), `${name}: not the hashes of what is below`);
  }
  const found = [];
  for (let at = 0; at + TILE <= below.length; at += TILE) found.push(root(below.slice(at, at + TILE)));
  return found;
}

function log(folder, { log: known, trusted, quorum, kept }) {
  const published = readFileSync(join(folder, "key"), "utf8");
  demand(published === `${known.line}\n`, "another log's key");
  const newest = note(utf8(readFileSync(join(folder, "checkpoint"))));
  const { size, root: top } = ofLog(newest, known);
  const witnesses = trusted.flatMap((by) => {
    const line = newest.lines.find((one) => isBy(one, by));
    return line ? [ofWitness(newest, line, by)] : [];
  });
  demand(witnesses.length >= quorum, "too few witnesses that you trust");
  const all = tiles(folder, "entries", size).flatMap(leaves);
  for (let [level, below] = [0, all]; below.length > 0; level += 1) below = above(level, folder, below);
  demand(root(all).equals(top), "the leaves are not the signed tree");
  for (const one of kept) {
    demand(one.size <= size, `rolled back: you kept ${one.size} leaves`);
    demand(root(all.slice(0, one.size)).equals(one.root), `forked before leaf ${one.size}`);
  }
  return { size, kept: kept.map((one) => one.size), witnesses };
}

function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      key: { type: "string" },
      witness: { type: "string", multiple: true, default: [] },
      quorum: { type: "string" },
      kept: { type: "string", multiple: true, default: [] },
    },
  });
  const [what, ...given] = positionals;
  const check = { receipt, certificate, growth, log }[what];
  demand(check && given.length > 0 && values.key !== undefined, "what, of which file, by which --key?");
  const known = key(values.key, 1);
  const trusted = values.witness.map((line) => key(line, 4, 6));
  const quorum = values.quorum === undefined ? trusted.length : digits(values.quorum);
  const kept = values.kept.map((file) => ofLog(note(utf8(readFileSync(file))), known));
  const lines = given.map((one) => {
    try {
      return `ok ${spelled(check(one, { log: known, trusted, quorum, kept }))}`;
    } catch (error) {
      return `no ${error.message}`; // what this reader does not survive is no evidence either
    }
  });
  console.log(lines.join("\n"));
  return lines.some((line) => line.startsWith("no")) ? 1 : 0;
}

try {
  process.exitCode = main();
} catch (error) {
  if (!(error instanceof No) && error.code === undefined) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
