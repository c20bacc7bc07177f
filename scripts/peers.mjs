// Installs and builds other people's clients and servers, for the end-to-end tests.
import { buildGoServers, npmBrowser, npmClients, npmPeers, python } from "./tools.mjs";

python();
npmClients();
npmPeers();
npmBrowser();
buildGoServers();
