// The Python language host of an engine that Go has built: the program that starts Python for the Pulumi CLI.
//
// Pulumi's own host is part of its distribution, but no Go module has its main package. Everything that the host needs
// is in the SDK module (toolchains, the policy proxy, the protocol), so this is only what joins them: stack programs,
// policy packs and plugins in Python, with `virtualenv` and `toolchain`. It neither generates code nor debugs programs.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/cmdutil"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/logging"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
)

const engineCheckInterval = 5 * time.Second

func main() {
	logging.InitLogging(false, 0, false)
	if err := serve(engineAddress(os.Args[1:])); err != nil {
		cmdutil.Exit(err)
	}
}

// engineAddress returns the last argument. The options before it differ from engine to engine (-root, -tracing), and
// none is needed: every call has the runtime options.
func engineAddress(arguments []string) string {
	if len(arguments) == 0 || strings.HasPrefix(arguments[len(arguments)-1], "-") {
		return ""
	}
	return arguments[len(arguments)-1]
}

// serve answers the engine until an interrupt or the engine's end: a CLI that is killed cannot stop its hosts.
func serve(engine string) error {
	executable, err := os.Executable()
	if err != nil {
		return fmt.Errorf("the language host's own path: %w", err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if engine != "" {
		if err := rpcutil.Healthcheck(ctx, engine, engineCheckInterval, stop); err != nil {
			return fmt.Errorf("watching the engine: %w", err)
		}
	}
	stopped := make(chan bool)
	context.AfterFunc(ctx, func() { close(stopped) })

	host := newHost(engine, filepath.Join(filepath.Dir(executable), "pulumi-language-python-exec"))
	server, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Cancel: stopped,
		Init: func(server *grpc.Server) error {
			pulumirpc.RegisterLanguageRuntimeServer(server, host)
			return nil
		},
	})
	if err != nil {
		return fmt.Errorf("serving the language runtime: %w", err)
	}
	fmt.Println(server.Port) // the engine reads the port from the first line
	return <-server.Done
}
