using Workerd = import "/workerd/workerd.capnp";

# No compatibility flag: what runs here needs nothing of Node.
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "internet", network = (allow = ["public", "private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);

const worker :Workerd.Worker = (
  modules = [(name = "workerd.js", esModule = embed "workerd.js")],
  compatibilityDate = "2026-11-01",
  bindings = [
    (name = "RESOURCE", fromEnvironment = "RESOURCE"),
    (name = "ISSUER", fromEnvironment = "ISSUER"),
    (name = "HOST", fromEnvironment = "HOST"),
  ],
);
