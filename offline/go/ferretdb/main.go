// FerretDB 1.24 as its own command serves it, for the settings that the platform makes: the same variables, so that upstream's
// image can stand in. Upstream's command cannot be built from its module (build/version wants files that are not in it), and its
// embeddable package knows no SCRAM; so this calls what both call.
//
// Beyond upstream it binds users to databases: who is a user of database `admin` may do everything, others may work in the
// database that they are users of and in no other, and manage no users. Upstream knows users but no rights at all.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/FerretDB/wire"

	"github.com/FerretDB/FerretDB/internal/clientconn"
	"github.com/FerretDB/FerretDB/internal/clientconn/conninfo"
	"github.com/FerretDB/FerretDB/internal/clientconn/connmetrics"
	"github.com/FerretDB/FerretDB/internal/handler"
	"github.com/FerretDB/FerretDB/internal/handler/handlererrors"
	"github.com/FerretDB/FerretDB/internal/handler/registry"
	"github.com/FerretDB/FerretDB/internal/util/ctxutil"
	"github.com/FerretDB/FerretDB/internal/util/logging"
	"github.com/FerretDB/FerretDB/internal/util/password"
	"github.com/FerretDB/FerretDB/internal/util/state"
)

const adminDatabase = "admin"

// Commands that touch no database, whatever `$db` they name.
var anywhere = map[string]bool{
	"buildInfo": true, "buildinfo": true, "connectionStatus": true, "hello": true, "isMaster": true, "ismaster": true,
	"logout": true, "ping": true, "saslContinue": true, "saslStart": true, "whatsmyuri": true,
}

// Commands that no user but those of `admin` may give.
var administrative = map[string]bool{
	"createUser": true, "dropAllUsersFromDatabase": true, "dropUser": true, "updateUser": true, "usersInfo": true,
	"renameCollection": true, "getLog": true, "debugError": true,
}

func main() {
	logging.Setup(&logging.NewHandlerOpts{Base: "json", Level: slog.LevelWarn}, "")
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "ferretdb:", err)
		os.Exit(1)
	}
}

func run() error {
	ctx, stop := ctxutil.SigTerm(context.Background())
	defer stop()

	timeout, err := time.ParseDuration(os.Getenv("FERRETDB_SETUP_TIMEOUT"))
	if err != nil {
		return fmt.Errorf("FERRETDB_SETUP_TIMEOUT: %w", err)
	}
	provider, err := state.NewProvider("")
	if err != nil {
		return err
	}
	if err = provider.Update(func(s *state.State) { s.DisableTelemetry() }); err != nil {
		return err
	}
	metrics := connmetrics.NewListenerMetrics()
	h, closeBackend, err := registry.NewHandler("postgresql", &registry.NewHandlerOpts{
		Logger:        slog.Default(),
		ConnMetrics:   metrics.ConnMetrics,
		StateProvider: provider,
		TCPHost:       os.Getenv("FERRETDB_LISTEN_ADDR"),
		SetupDatabase: os.Getenv("FERRETDB_SETUP_DATABASE"),
		SetupUsername: os.Getenv("FERRETDB_SETUP_USERNAME"),
		SetupPassword: password.WrapPassword(os.Getenv("FERRETDB_SETUP_PASSWORD")),
		SetupTimeout:  timeout,
		PostgreSQLURL: os.Getenv("FERRETDB_POSTGRESQL_URL"),
		TestOpts:      registry.TestOpts{EnableNewAuth: true, BatchSize: 100},
	})
	if err != nil {
		return err
	}
	defer closeBackend()
	bindUsers(h)

	listener, err := clientconn.Listen(&clientconn.NewListenerOpts{
		TCP:         os.Getenv("FERRETDB_LISTEN_ADDR"),
		TLS:         os.Getenv("FERRETDB_LISTEN_TLS"),
		TLSCertFile: os.Getenv("FERRETDB_LISTEN_TLS_CERT_FILE"),
		TLSKeyFile:  os.Getenv("FERRETDB_LISTEN_TLS_KEY_FILE"),
		Mode:        clientconn.NormalMode,
		Metrics:     metrics,
		Handler:     h,
		Logger:      slog.Default(),
	})
	if err != nil {
		return err
	}
	probes := &http.Server{Addr: os.Getenv("FERRETDB_DEBUG_ADDR"), Handler: answers(listener, h), ReadHeaderTimeout: time.Minute}
	go func() {
		if err := probes.ListenAndServe(); err != http.ErrServerClosed {
			slog.Error("probes", "error", err)
			stop()
		}
	}()
	listener.Run(ctx)
	return probes.Close()
}

// answers serves what the kubelet asks: whether connections are accepted, and whether PostgreSQL answers.
func answers(listener *clientconn.Listener, h *handler.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/debug/livez", func(w http.ResponseWriter, _ *http.Request) {
		if !listener.Listening() {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	mux.HandleFunc("/debug/readyz", func(w http.ResponseWriter, r *http.Request) {
		own := conninfo.New()
		own.SetBypassBackendAuth()
		if _, err := h.Backend.Status(conninfo.Ctx(r.Context(), own), nil); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
		}
	})
	return mux
}

// bindUsers puts a check before every command that touches a database. It runs behind none of upstream's own: who has not logged
// in has no database either.
func bindUsers(h *handler.Handler) {
	for name, command := range h.Commands() {
		if anywhere[name] {
			continue
		}
		inner := command.Handler
		command.Handler = func(ctx context.Context, message *wire.OpMsg) (*wire.OpMsg, error) {
			if err := allowed(ctx, name, message); err != nil {
				return nil, err
			}
			return inner(ctx, message)
		}
	}
}

func allowed(ctx context.Context, command string, message *wire.OpMsg) error {
	_, _, conversation, home := conninfo.Get(ctx).Auth()
	if conversation == nil || !conversation.Valid() {
		return unauthorized("Command " + command + " requires authentication")
	}
	if home == adminDatabase {
		return nil
	}
	document, err := message.RawSection0().Decode()
	if err != nil {
		return err
	}
	if database, _ := document.Get("$db").(string); database != home || administrative[command] {
		return unauthorized(fmt.Sprintf("not authorized on %s to execute command %s", database, command))
	}
	return nil
}

func unauthorized(text string) error {
	return handlererrors.NewCommandErrorMsg(handlererrors.ErrUnauthorized, text)
}
