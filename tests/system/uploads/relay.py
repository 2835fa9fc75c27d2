"""A wire between a client and a server that a test can hold, cut, and lead to a server started anew."""

import contextlib
import socket
import threading


class Relay:
    """Listens on a port that stays the same. `carried` bytes have gone to the server so far."""

    def __init__(self, server):
        self.server = server
        self.carried = 0
        self._limit = None
        self._changed = threading.Condition()
        self._pairs = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self.server.port))
            except OSError:
                client.close()
                continue
            pair = (client, server)
            with self._changed:
                self._pairs.add(pair)
            threading.Thread(target=self._carry, args=(client, server, pair, True), daemon=True).start()
            threading.Thread(target=self._carry, args=(server, client, pair, False), daemon=True).start()

    def _carry(self, source, target, pair, upwards):
        with contextlib.suppress(OSError):
            while piece := source.recv(65536):
                if upwards:
                    self._count(len(piece), pair)
                target.sendall(piece)
        self._end(pair)

    def _count(self, count, pair):
        with self._changed:
            self.carried += count
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._limit is None or self.carried <= self._limit or pair not in self._pairs)

    def _end(self, pair):
        with self._changed:
            self._pairs.discard(pair)
            self._changed.notify_all()
        for end in pair:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def hold_after(self, more):
        """Nothing goes to the server beyond so many more bytes."""
        with self._changed:
            self._limit = self.carried + more

    def wait_held(self, seconds=60):
        with self._changed:
            assert self._changed.wait_for(lambda: self.carried > self._limit, seconds), "not so much came"

    def release(self):
        with self._changed:
            self._limit = None
            self._changed.notify_all()

    def cut(self):
        with self._changed:
            pairs = list(self._pairs)
        for pair in pairs:
            self._end(pair)

    def close(self):
        self._listener.close()
        self.release()
        self.cut()
