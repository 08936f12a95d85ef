# SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Chromium over the WebDriver protocol (W3C), with nothing but the standard library."""

import base64
import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--no-first-run", "--force-color-profile=srgb"]
TAB, ENTER, ESCAPE, SPACE = "\ue004", "\ue007", "\ue00c", " "
LEFT, UP, RIGHT, DOWN, SHIFT = "\ue012", "\ue013", "\ue014", "\ue015", "\ue008"


def wait_until(condition, what, timeout_s=90):
    deadline = time.monotonic() + timeout_s
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"timed out: {what}")
        time.sleep(0.05)  # between two looks, until the deadline


class Browser:
    def __init__(self, profile, size=(1280, 900), downloads=None, zone="UTC"):
        self.held = socket.socket()  # bound, so that no other test gets the port before the driver has it
        self.held.bind(("127.0.0.1", 0))
        self.held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        port = self.held.getsockname()[1]
        self.driver = subprocess.Popen(["chromedriver", f"--port={port}", "--allowed-ips=127.0.0.1"],
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "TZ": zone})
        self.base = f"http://127.0.0.1:{port}"
        wait_until(self._is_ready, "chromedriver")
        options = {"args": FLAGS + [f"--user-data-dir={profile}", f"--window-size={size[0]},{size[1]}"],
                   "prefs": {"download.default_directory": str(downloads), "download.prompt_for_download": False}}
        answer = self._call("POST", "/session", {"capabilities": {"alwaysMatch": {
            "browserName": "chrome", "acceptInsecureCerts": True, "goog:chromeOptions": options,
            "goog:loggingPrefs": {"browser": "ALL"}}}})
        self.base += f"/session/{answer['sessionId']}"

    def _is_ready(self):
        try:
            return self._call("GET", "/status")["ready"]
        except (urllib.error.URLError, ConnectionError):
            return False

    def _call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=120) as reply:
                return json.load(reply)["value"]
        except urllib.error.HTTPError as error:
            raise AssertionError(f"webdriver: {path}: {json.load(error)['value']['message'][:400]}") from None

    def close(self):
        self._call("DELETE", "")
        self.driver.terminate()
        self.driver.wait(60)
        self.held.close()

    def open(self, url):
        self._call("POST", "/url", {"url": url})

    def run(self, script, *args):
        return self._call("POST", "/execute/sync", {"script": script, "args": list(args)})

    def find(self, selector):
        return self._call("POST", "/element", {"using": "css selector", "value": selector})[ELEMENT]

    def wait_for(self, selector, timeout_s=90):
        wait_until(lambda: self.run("const n = document.querySelector(arguments[0]); return n !== null && n.getClientRects().length > 0", selector),
                   f"waiting for {selector}; the page says: {self.text('body')[:600]}", timeout_s)
        return self.find(selector)

    def text(self, selector):
        return self.run("return document.querySelector(arguments[0])?.innerText ?? ''", selector)

    def click(self, selector):
        self._call("POST", f"/element/{self.wait_for(selector)}/click", {})

    def type(self, selector, text):
        element = self.wait_for(selector)
        self._call("POST", f"/element/{element}/clear", {})
        self._call("POST", f"/element/{element}/value", {"text": text})

    def upload(self, selector, path):
        self._call("POST", f"/element/{self.wait_for(selector)}/value", {"text": str(path)})

    def choose(self, selector, value):
        self.wait_for(selector)
        self.run("const n = document.querySelector(arguments[0]); n.value = arguments[1]; n.dispatchEvent(new Event('change', {bubbles: true}))",
                 selector, value)

    # As a keyboard does it: to whatever has the focus.
    def press(self, *keys, shift=False):
        actions = [{"type": "keyDown", "value": SHIFT}] if shift else []
        for key in keys:
            for one in ([key] if len(key) == 1 else list(key)):
                actions += [{"type": "keyDown", "value": one}, {"type": "keyUp", "value": one}]
        if shift:
            actions.append({"type": "keyUp", "value": SHIFT})
        self._call("POST", "/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": actions}]})

    def focused(self):
        return self.run("const n = document.activeElement; return n.id || n.tagName + ' ' + n.textContent.slice(0, 40)")

    def logs(self):
        return self._call("POST", "/se/log", {"type": "browser"})

    def emulate(self, scheme, width, height, phone=False):
        self._call("POST", "/goog/cdp/execute", {"cmd": "Emulation.setEmulatedMedia", "params": {
            "features": [{"name": "prefers-color-scheme", "value": scheme}]}})
        self._call("POST", "/goog/cdp/execute", {"cmd": "Emulation.setDeviceMetricsOverride", "params": {
            "width": width, "height": height, "deviceScaleFactor": 2 if phone else 1, "mobile": phone}})

    def set_offline(self, offline):
        self._call("POST", "/goog/cdp/execute", {"cmd": "Network.enable", "params": {}})
        self._call("POST", "/goog/cdp/execute", {"cmd": "Network.emulateNetworkConditions", "params": {
            "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}})

    def shoot(self, path, whole=False):
        picture = self._call("POST", "/goog/cdp/execute", {"cmd": "Page.captureScreenshot", "params": {
            "format": "png", "captureBeyondViewport": whole}})["data"]
        path.write_bytes(base64.b64decode(picture))
