package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/pulumi/pulumi/sdk/v3/python/toolchain"
	"google.golang.org/protobuf/types/known/emptypb"
)

// The version of the SDK module, and so of the protocol.
const version = "3.274.1"

// host answers the engine's calls; a method that it lacks is reported as unimplemented.
type host struct {
	pulumirpc.UnimplementedLanguageRuntimeServer

	engine    string // the address of the engine
	executor  string // the script that runs a stack program
	cancelled context.Context
	cancel    context.CancelFunc
}

func newHost(engine, executor string) *host {
	cancelled, cancel := context.WithCancel(context.Background())
	return &host{engine: engine, executor: executor, cancelled: cancelled, cancel: cancel}
}

func (h *host) Handshake(
	_ context.Context, request *pulumirpc.LanguageHandshakeRequest,
) (*pulumirpc.LanguageHandshakeResponse, error) {
	h.engine = request.EngineAddress
	return &pulumirpc.LanguageHandshakeResponse{}, nil
}

func (h *host) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	h.cancel()
	return &emptypb.Empty{}, nil
}

func (h *host) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: version}, nil
}

func (h *host) About(ctx context.Context, request *pulumirpc.AboutRequest) (*pulumirpc.AboutResponse, error) {
	tools, err := tools(request.GetInfo(), false)
	if err != nil {
		return nil, err
	}
	about, err := tools.About(ctx)
	if err != nil {
		return nil, err
	}
	return &pulumirpc.AboutResponse{Executable: about.PythonExecutable, Version: about.PythonVersion.String()}, nil
}

func (h *host) InstallDependencies(
	request *pulumirpc.InstallDependenciesRequest, stream pulumirpc.LanguageRuntime_InstallDependenciesServer,
) error {
	tools, err := tools(request.Info, request.IsPlugin)
	if err != nil {
		return err
	}
	closer, stdout, stderr, err := rpcutil.MakeInstallDependenciesStreams(stream, request.IsTerminal)
	if err != nil {
		return err
	}
	folder := request.Info.ProgramDirectory
	err = tools.InstallDependencies(stream.Context(), folder, request.UseLanguageVersionTools, true, stdout, stderr)
	return errors.Join(err, closer.Close())
}

// tools returns the toolchain that the runtime options of Pulumi.yaml name. A plugin has an environment of its own,
// named venv unless it names another.
func tools(info *pulumirpc.ProgramInfo, isPlugin bool) (toolchain.Toolchain, error) {
	options := toolchain.PythonOptions{Root: info.GetRootDirectory(), ProgramDir: info.GetProgramDirectory()}
	for name, value := range info.GetOptions().AsMap() {
		text, isText := value.(string)
		if !isText {
			return nil, fmt.Errorf("the runtime option %q must be a string", name)
		}
		switch name {
		case "virtualenv":
			options.Virtualenv = text
		case "toolchain":
			switch text {
			case "pip":
				options.Toolchain = toolchain.Pip
			case "poetry":
				options.Toolchain = toolchain.Poetry
			case "uv":
				options.Toolchain = toolchain.Uv
			default:
				return nil, fmt.Errorf("the toolchain %q must be pip, poetry or uv", text)
			}
		default:
			return nil, fmt.Errorf("the runtime option %q is not supported by this language host", name)
		}
	}
	pip := options.Toolchain == toolchain.Pip || options.Toolchain == toolchain.Auto
	if isPlugin && pip && options.Virtualenv == "" {
		options.Virtualenv = "venv"
	}
	return toolchain.ResolveToolchain(options)
}
